-- Files that wait to be fetched once by whoever has the link: sealed under a token of which only the hash is here.
CREATE TABLE client_links (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- No reference: who opens the link of a connection that has ended is told so.
    connection_id uuid NOT NULL,
    format        text NOT NULL,
    file_name     text NOT NULL,
    media_type    text NOT NULL,
    with_key      boolean NOT NULL,
    token_hash    bytea NOT NULL,
    -- Null when nobody can fetch it any more.
    sealed        bytea,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz,
    revoked_at    timestamptz,
    CONSTRAINT client_links_token_key UNIQUE (token_hash)
);
CREATE INDEX client_links_connection ON client_links (user_id, connection_id, created_at DESC);
CREATE INDEX client_links_expire ON client_links (expires_at);

-- What members' clients say of their kill switches; the newest of each member.
CREATE TABLE kill_switch_events (
    id          uuid PRIMARY KEY,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    device_id   uuid NOT NULL REFERENCES devices ON DELETE CASCADE,
    type        text NOT NULL CHECK (type IN ('ACTIVATED', 'DEACTIVATED', 'TRIGGERED')),
    reason      text NOT NULL CHECK (length(reason) <= 200),
    address     text NOT NULL,
    reported_at timestamptz NOT NULL
);
CREATE INDEX kill_switch_events_user ON kill_switch_events (user_id, reported_at DESC);
CREATE INDEX kill_switch_events_device ON kill_switch_events (device_id);
