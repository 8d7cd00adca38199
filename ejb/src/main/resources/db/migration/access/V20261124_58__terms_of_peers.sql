-- How a peer is held to what its member may have, and what of an active one the host does not have yet.
ALTER TABLE peers
    -- In each direction; null: as fast as it goes.
    ADD COLUMN kbit_per_second integer,
    -- Its own end, asked for with it or by the longest life; null: none.
    ADD COLUMN ends_at timestamptz,
    -- The same, or the end of its member's access if that is sooner.
    ADD COLUMN expires_at timestamptz,
    -- Counts the changes of an active peer; the host has the written one.
    ADD COLUMN version bigint NOT NULL DEFAULT 0,
    ADD COLUMN written_version bigint NOT NULL DEFAULT 0,
    -- The device's key before this one, until the host has let go of it.
    ADD COLUMN replaced_key text,
    -- Since when it has its preshared key, and when the member was told that it gets another.
    ADD COLUMN keyed_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN rotation_told_at timestamptz;

DROP INDEX peers_to_write;
CREATE INDEX peers_to_write ON peers (server_id) WHERE state <> 'ACTIVE' OR version <> written_version;
CREATE INDEX peers_expiring ON peers (expires_at) WHERE state <> 'REMOVING' AND expires_at IS NOT NULL;
CREATE INDEX peers_keyed ON peers (keyed_at) WHERE state = 'ACTIVE';
