-- Accounts of other identity providers (OpenID Connect) that sign users of ours in.
CREATE TABLE user_identities (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- By its name in the settings.
    provider        text NOT NULL,
    -- A subject means something under its issuer alone: another issuer behind the same name has other people.
    issuer          text NOT NULL,
    subject         text NOT NULL CHECK (length(subject) <= 255),
    -- As the provider had it at the last sign-in; for people to read.
    email           text NOT NULL,
    created_at      timestamptz NOT NULL,
    last_sign_in_at timestamptz,
    CONSTRAINT user_identities_subject_key UNIQUE (provider, issuer, subject)
);
CREATE INDEX user_identities_user ON user_identities (user_id);

-- The provider whose groups decide the role; null where our own admins do.
ALTER TABLE users ADD COLUMN managed_by text;

-- Sign-ins that are under way at a provider: each comes back once, to whichever node.
CREATE TABLE external_sign_ins (
    state_hash   bytea PRIMARY KEY,
    -- Of the cookie of the browser that began it.
    browser_hash bytea NOT NULL,
    provider     text NOT NULL,
    -- PKCE's verifier and the nonce.
    sealed       bytea NOT NULL,
    return_to    text NOT NULL,
    -- Who links the account to himself; null for a sign-in.
    link_user_id uuid REFERENCES users ON DELETE CASCADE,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX external_sign_ins_expiry ON external_sign_ins (expires_at);
