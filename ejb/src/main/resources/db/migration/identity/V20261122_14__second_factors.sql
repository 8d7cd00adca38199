-- The authenticator app of an account (RFC 6238).
CREATE TABLE totp_secrets (
    user_id       uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    sealed_secret bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    -- Until then it is pending: nobody is asked for a code.
    confirmed_at  timestamptz,
    -- Of the last code that was accepted: neither it nor an earlier one is accepted again.
    last_step     bigint NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
    user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- Keyed: the database alone does not tell which code it was.
    code_hash bytea NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (user_id, code_hash)
);

-- A right password that waits for the second factor; gone when that came.
CREATE TABLE second_factor_challenges (
    token_hash   bytea PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The user's when it was made: a change of password ends it too.
    epoch        integer NOT NULL,
    first_method text NOT NULL,
    address      text NOT NULL,
    expires_at   timestamptz NOT NULL,
    tries        integer NOT NULL DEFAULT 0
);
CREATE INDEX second_factor_challenges_user ON second_factor_challenges (user_id);
CREATE INDEX second_factor_challenges_expiry ON second_factor_challenges (expires_at);

-- Tries at what can be guessed, counted for each account over all challenges, sessions and nodes.
CREATE TABLE second_factor_tries (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    kind    text NOT NULL,
    since   timestamptz NOT NULL,
    tries   integer NOT NULL,
    PRIMARY KEY (user_id, kind)
);
