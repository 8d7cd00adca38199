ALTER TABLE servers
    -- Its share among others: twice the weight, twice the members.
    ADD COLUMN weight integer NOT NULL DEFAULT 100 CHECK (weight BETWEEN 1 AND 1000),
    -- Whether it takes new peers; those that it has stay, but while it is DRAINING.
    ADD COLUMN intake text NOT NULL DEFAULT 'OPEN' CHECK (intake IN ('OPEN', 'MAINTENANCE', 'DRAINING'));

-- How busy a server was when it was last sampled; an old sample counts no more.
CREATE TABLE server_loads (
    server_id        uuid PRIMARY KEY REFERENCES servers ON DELETE CASCADE,
    active_peers     integer NOT NULL CHECK (active_peers >= 0),
    bytes_per_second bigint NOT NULL CHECK (bytes_per_second >= 0),
    sampled_at       timestamptz NOT NULL
);
