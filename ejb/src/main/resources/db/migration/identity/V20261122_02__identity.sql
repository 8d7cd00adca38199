CREATE TABLE users (
    id            uuid PRIMARY KEY,
    email         text NOT NULL CHECK (length(email) <= 254 AND email = lower(email)),
    password_hash text NOT NULL,
    -- Set by the server alone.
    role          text NOT NULL CHECK (role IN ('USER', 'ADMIN')),
    -- Counts up whenever older tokens must stop: every token carries the value it was made under.
    epoch         integer NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    CONSTRAINT users_email_key UNIQUE (email)
);

-- A sign-in on one browser or client, until it ends.
CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Each is used once; the whole row of them is one session's family.
CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE signing_keys (
    kid            text PRIMARY KEY,
    public_jwk     text NOT NULL,
    sealed_private bytea NOT NULL,
    created_at     timestamptz NOT NULL
);
