-- What an admin decided for one member; null: nothing, and what his organisations or the platform say counts.
CREATE TABLE user_allowances (
    user_id         uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    devices         integer CHECK (devices BETWEEN 1 AND 10000),
    connections     integer CHECK (connections BETWEEN 1 AND 10000),
    monthly_bytes   bigint CHECK (monthly_bytes BETWEEN 1 AND 1000000000000000000),
    kbit_per_second integer CHECK (kbit_per_second BETWEEN 64 AND 10000000),
    access_ends_at  timestamptz
);
