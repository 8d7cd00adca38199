-- All that a refresh decides by, in the one row it locks.
ALTER TABLE sessions
    -- The refresh token that is to be used next, and the one that was used last.
    ADD COLUMN next_token_hash bytea,
    ADD COLUMN last_token_hash bytea,
    -- When the next one was given for the last one, and how many it has been given by then.
    ADD COLUMN refreshed_at timestamptz,
    ADD COLUMN successors integer NOT NULL DEFAULT 0;
UPDATE sessions s SET next_token_hash = t.token_hash
FROM refresh_tokens t WHERE t.session_id = s.id AND t.used_at IS NULL;

-- These rows are written once: they tell whose a token is, and what was given for it.
ALTER TABLE refresh_tokens DROP COLUMN used_at, ADD COLUMN parent_hash bytea;
