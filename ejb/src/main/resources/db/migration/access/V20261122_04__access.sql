CREATE TABLE devices (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    public_key text NOT NULL CHECK (length(public_key) = 44),
    created_at timestamptz NOT NULL,
    CONSTRAINT devices_name_key UNIQUE (user_id, name),
    -- WireGuard knows a peer by its key alone: two devices with one key would throw each other out.
    CONSTRAINT devices_public_key_key UNIQUE (public_key)
);

-- The private key of a pair that we made, for minutes, sealed under the master key and a ticket that only the member has.
CREATE TABLE device_key_tickets (
    device_id  uuid PRIMARY KEY REFERENCES devices ON DELETE CASCADE,
    sealed     bytea NOT NULL,
    expires_at timestamptz NOT NULL
);

-- What hosts must have: the truth that they converge to.
CREATE TABLE peers (
    id                   uuid PRIMARY KEY,
    server_id            uuid NOT NULL REFERENCES servers ON DELETE CASCADE,
    -- No reference: a peer outlives its device until the host confirms that it is gone.
    device_id            uuid NOT NULL,
    user_id              uuid NOT NULL,
    state                text NOT NULL CHECK (state IN ('PENDING', 'ACTIVE', 'REMOVING')),
    public_key           text NOT NULL,
    sealed_preshared_key bytea NOT NULL,
    host                 integer NOT NULL,
    ipv4                 inet NOT NULL,
    ipv6                 inet NOT NULL,
    created_at           timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT peers_ipv4_key UNIQUE (ipv4),
    CONSTRAINT peers_ipv6_key UNIQUE (ipv6)
);
-- A peer that is going does not stand in the way of the device's next one; the writer removes before it adds.
CREATE UNIQUE INDEX peers_device_live ON peers (device_id) WHERE state <> 'REMOVING';
CREATE UNIQUE INDEX peers_key_live ON peers (server_id, public_key) WHERE state <> 'REMOVING';
CREATE INDEX peers_to_write ON peers (server_id) WHERE state <> 'ACTIVE';
CREATE INDEX peers_user ON peers (user_id);

-- A period of use; has its peer's id.
CREATE TABLE connections (
    id              uuid PRIMARY KEY,
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    device_id       uuid NOT NULL,
    device_name     text NOT NULL,
    server_id       uuid NOT NULL,
    server_name     text NOT NULL,
    region          text NOT NULL,
    connected_at    timestamptz NOT NULL,
    disconnected_at timestamptz,
    end_reason      text
);
CREATE INDEX connections_user ON connections (user_id, connected_at DESC);
