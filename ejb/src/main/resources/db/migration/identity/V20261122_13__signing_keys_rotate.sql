-- The newest key whose time has come signs; one is published from its creation on.
ALTER TABLE signing_keys
    ADD COLUMN signs_from timestamptz,
    -- Set when its successor is made: until the last token that it signed is over.
    ADD COLUMN published_until timestamptz;
UPDATE signing_keys SET signs_from = created_at;
ALTER TABLE signing_keys ALTER COLUMN signs_from SET NOT NULL;
