-- What a member finds in the application.
CREATE TABLE notifications (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    event_id   uuid NOT NULL,
    category   text NOT NULL,
    level      text NOT NULL,
    action     text NOT NULL,
    title      text NOT NULL,
    body       text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at    timestamptz,
    CONSTRAINT notifications_once_key UNIQUE (user_id, event_id)
);
CREATE INDEX notifications_list ON notifications (user_id, created_at DESC, id);
CREATE INDEX notifications_age ON notifications (created_at);

-- Who has no row has the defaults.
CREATE TABLE notification_settings (
    user_id              uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    email                boolean NOT NULL,
    push                 boolean NOT NULL,
    security_alerts      boolean NOT NULL,
    connection_events    boolean NOT NULL,
    threat_alerts        boolean NOT NULL,
    subscription_updates boolean NOT NULL,
    marketing_emails     boolean NOT NULL
);

-- The key pair that push services know us by (RFC 8292): one, for ever, since subscriptions are bound to it.
CREATE TABLE vapid_key (
    id             integer PRIMARY KEY CHECK (id = 1),
    sealed_private bytea NOT NULL
);

CREATE TABLE push_subscriptions (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- Whoever knows it can send to the browser, once he has our key as well: sealed, and found by its hash.
    endpoint_hash bytea NOT NULL,
    sealed        bytea NOT NULL,
    -- The push service, for lists and for the bound on calls at once.
    service       text NOT NULL,
    user_agent    text NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT push_subscriptions_endpoint_key UNIQUE (endpoint_hash)
);
CREATE INDEX push_subscriptions_user ON push_subscriptions (user_id, created_at);

CREATE TABLE webhooks (
    id                 uuid PRIMARY KEY,
    -- Null: of the whole platform.
    user_id            uuid REFERENCES users ON DELETE CASCADE,
    created_by         uuid REFERENCES users ON DELETE SET NULL,
    url                text NOT NULL CHECK (length(url) <= 2000),
    description        text NOT NULL CHECK (length(description) <= 200),
    -- Of the published list, or * alone.
    events             text[] NOT NULL,
    sealed_secret      bytea NOT NULL,
    -- Signs beside the new one until then.
    sealed_old_secret  bytea,
    old_secret_until   timestamptz,
    enabled            boolean NOT NULL,
    -- Since when nothing succeeded; null when the last call did, or none was made.
    failing_since      timestamptz,
    -- Of the failing, once while it lasts.
    owner_told         boolean NOT NULL DEFAULT false,
    last_success_at    timestamptz,
    created_at         timestamptz NOT NULL
);
CREATE INDEX webhooks_user ON webhooks (user_id, created_at);
