-- How often somebody tried within a window: taken by one statement before any password is looked at, so that parallel
-- requests on several application nodes are counted exactly.
CREATE TABLE credential_tries (
    -- What is counted, as a keyed hash: e-mail addresses of people who have no account here are not kept.
    subject      bytea PRIMARY KEY,
    tries        integer NOT NULL,
    -- Whether the last one who asked got his try.
    granted      boolean NOT NULL,
    -- In this window, after the last try was taken.
    refused      bigint NOT NULL DEFAULT 0,
    ends_at      timestamptz NOT NULL
);
CREATE INDEX credential_tries_end ON credential_tries (ends_at);

-- Browsers and clients that a user has signed in with: they keep a token that lets them try when nobody else may.
CREATE TABLE known_devices (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    token_hash   bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    CONSTRAINT known_devices_token_key UNIQUE (token_hash)
);
CREATE INDEX known_devices_user ON known_devices (user_id);
CREATE INDEX known_devices_expiry ON known_devices (expires_at);

-- Its check takes time, and only when there is an account: whoever asks for a link must not be able to tell. What the
-- constraint also did, removing the links with the account, a trigger does.
ALTER TABLE account_links DROP CONSTRAINT account_links_user_id_fkey;
CREATE FUNCTION remove_account_links() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM account_links WHERE user_id = OLD.id;
    RETURN OLD;
END $$;
CREATE TRIGGER users_account_links AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION remove_account_links();
