-- The public half of a key pair that a browser, phone or security key holds (W3C Web Authentication).
CREATE TABLE passkeys (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    credential_id   bytea NOT NULL CHECK (length(credential_id) <= 1023),
    -- Attested credential data as the authenticator sent it: model, credential id, public key.
    credential      bytea NOT NULL,
    -- As the authenticator counts, if it does; going back means that there are two of it.
    counter         bigint NOT NULL,
    backup_eligible boolean NOT NULL,
    backed_up       boolean NOT NULL,
    -- How a browser reaches it; comma-separated, in the words of the browser.
    transports      text NOT NULL,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz,
    CONSTRAINT passkeys_credential_key UNIQUE (credential_id)
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- What an authenticator is to sign; gone with its first use, right or wrong.
CREATE TABLE passkey_challenges (
    challenge_hash bytea PRIMARY KEY,
    -- Null for a sign-in: who it is, the answer says.
    user_id        uuid REFERENCES users ON DELETE CASCADE,
    expires_at     timestamptz NOT NULL
);
CREATE INDEX passkey_challenges_user ON passkey_challenges (user_id);
CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at);

-- When the owner last proved himself in the middle of a session.
ALTER TABLE sessions ADD COLUMN confirmed_at timestamptz;
