CREATE TABLE organisations (
    id                   uuid PRIMARY KEY,
    name                 text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    tier                 text NOT NULL CHECK (tier IN ('FREE', 'BUSINESS', 'ENTERPRISE')),
    -- Members and invitations that wait, together.
    max_users            integer NOT NULL CHECK (max_users BETWEEN 1 AND 10000),
    max_devices_per_user integer NOT NULL CHECK (max_devices_per_user BETWEEN 1 AND 1000),
    created_at           timestamptz NOT NULL,
    -- The row stays for what refers to it; members, invitations and keys go.
    deleted_at           timestamptz
);
CREATE INDEX organisations_created ON organisations (created_at DESC, id) WHERE deleted_at IS NULL;

-- A role inside one organisation; it has nothing to do with the role of the account.
CREATE TABLE organisation_members (
    organisation_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role            text NOT NULL CHECK (role IN ('VIEWER', 'MEMBER', 'ADMIN', 'OWNER')),
    joined_at       timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, user_id)
);
CREATE INDEX organisation_members_user ON organisation_members (user_id);

CREATE TABLE invitations (
    id              uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations ON DELETE CASCADE,
    email           text NOT NULL CHECK (length(email) <= 254),
    -- Owners are made of members, not of addresses.
    role            text NOT NULL CHECK (role IN ('VIEWER', 'MEMBER', 'ADMIN')),
    invited_by      uuid REFERENCES users ON DELETE SET NULL,
    token_hash      bytea NOT NULL,
    -- The mail carries the token, and may be sent again; gone when the invitation is over.
    sealed_token    bytea,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    -- Accepted, declined, revoked, or replaced after it expired.
    ended_at        timestamptz,
    CONSTRAINT invitations_token_key UNIQUE (token_hash)
);
CREATE UNIQUE INDEX invitations_waiting ON invitations (organisation_id, email) WHERE ended_at IS NULL;
CREATE INDEX invitations_inviter ON invitations (invited_by, created_at);
CREATE INDEX invitations_expiry ON invitations (expires_at);

-- A key made for an organisation goes with its owner's membership.
ALTER TABLE api_keys
    ADD COLUMN organisation_id uuid,
    ADD CONSTRAINT api_keys_member FOREIGN KEY (organisation_id, user_id)
        REFERENCES organisation_members (organisation_id, user_id) ON DELETE CASCADE;
