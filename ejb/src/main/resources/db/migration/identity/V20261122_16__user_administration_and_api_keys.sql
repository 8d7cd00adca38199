-- Admins list the newest first.
CREATE INDEX users_created ON users (created_at DESC, id);

-- A program's way in. The text itself is shown once and stored nowhere.
CREATE TABLE api_keys (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    key_hash     bytea NOT NULL,
    -- Its last characters, for people who have several.
    preview      text NOT NULL,
    scopes       text[] NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    CONSTRAINT api_keys_hash_key UNIQUE (key_hash),
    CONSTRAINT api_keys_name_key UNIQUE (user_id, name)
);
CREATE INDEX api_keys_expiry ON api_keys (expires_at);
