-- What each member may have, beside devices; null: the organisation says nothing of it, and what the platform says counts.
ALTER TABLE organisations
    ADD COLUMN max_connections_per_user integer CHECK (max_connections_per_user BETWEEN 1 AND 10000),
    ADD COLUMN monthly_bytes_per_user bigint CHECK (monthly_bytes_per_user BETWEEN 1 AND 1000000000000000000),
    ADD COLUMN kbit_per_second_per_user integer CHECK (kbit_per_second_per_user BETWEEN 64 AND 10000000),
    ADD COLUMN access_ends_at timestamptz;
