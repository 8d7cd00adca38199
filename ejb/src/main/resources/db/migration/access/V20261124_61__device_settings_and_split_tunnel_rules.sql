-- What a device's configurations are like, unless a request says otherwise.
CREATE TABLE device_settings (
    device_id   uuid PRIMARY KEY REFERENCES devices ON DELETE CASCADE,
    platform    text,
    dns_level   text,
    kill_switch boolean NOT NULL,
    mtu         integer CHECK (mtu BETWEEN 1280 AND 1500)
);

-- What a member wants in the tunnel, or out of it.
CREATE TABLE split_tunnel_rules (
    id          uuid PRIMARY KEY,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    include     boolean NOT NULL,
    network     cidr NOT NULL,
    -- Null: all of the member's devices.
    device_id   uuid REFERENCES devices ON DELETE CASCADE,
    -- Null: all platforms.
    platform    text,
    enabled     boolean NOT NULL,
    priority    integer NOT NULL CHECK (priority BETWEEN 0 AND 1000),
    description text NOT NULL CHECK (length(description) <= 200),
    created_at  timestamptz NOT NULL
);
CREATE INDEX split_tunnel_rules_user ON split_tunnel_rules (user_id, priority DESC);
CREATE INDEX split_tunnel_rules_device ON split_tunnel_rules (device_id);
