-- Links that we mail: who follows one reads that mailbox.
CREATE TABLE account_links (
    id           uuid PRIMARY KEY,
    -- None when somebody asked for an address that has no account: asking costs the same then.
    user_id      uuid REFERENCES users ON DELETE CASCADE,
    purpose      text NOT NULL CHECK (purpose IN ('VERIFY_EMAIL', 'CHANGE_EMAIL', 'RESET_PASSWORD')),
    -- Where it goes: for CHANGE_EMAIL the new address. Empty without an account.
    email        text NOT NULL CHECK (length(email) <= 254),
    token_hash   bytea NOT NULL,
    -- The mail carries the token, and may be sent again.
    sealed_token bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz,
    CONSTRAINT account_links_token_key UNIQUE (token_hash)
);
CREATE INDEX account_links_user ON account_links (user_id);
CREATE INDEX account_links_expiry ON account_links (expires_at);
