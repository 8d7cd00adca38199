-- How far the samples of a server have been taken. No references here and below but to users: whoever takes samples locks
-- users first and nothing of a server, so he never waits for those who lock a server and then its peers.
CREATE TABLE traffic_cursors (
    server_id  uuid PRIMARY KEY,
    epoch      bigint NOT NULL,
    sequence   bigint NOT NULL,
    sampled_at timestamptz NOT NULL
);

-- What a peer's counters were when they were last taken: changed in the transaction that changes the totals.
CREATE TABLE peer_counters (
    server_id    uuid NOT NULL,
    public_key   text NOT NULL,
    user_id      uuid NOT NULL,
    device_id    uuid NOT NULL,
    incarnation  text NOT NULL,
    sampler      uuid NOT NULL,
    life         bigint NOT NULL,
    received     bigint NOT NULL CHECK (received >= 0),
    sent         bigint NOT NULL CHECK (sent >= 0),
    handshake_at timestamptz,
    PRIMARY KEY (server_id, public_key)
);
CREATE INDEX peers_of_key ON peers (server_id, public_key);

-- Bytes as the member sees them: uploaded is what his device sent, encrypted, to the server. Months are UTC's.
CREATE TABLE traffic_usage (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    month      date NOT NULL CHECK (extract(day FROM month) = 1),
    device_id  uuid NOT NULL,
    server_id  uuid NOT NULL,
    uploaded   bigint NOT NULL CHECK (uploaded >= 0),
    downloaded bigint NOT NULL CHECK (downloaded >= 0),
    PRIMARY KEY (user_id, month, device_id, server_id)
);
CREATE INDEX traffic_usage_month ON traffic_usage (month, server_id);

-- Of a connection, the times in which the device was heard from.
CREATE TABLE vpn_sessions (
    id                  uuid PRIMARY KEY,
    connection_id       uuid NOT NULL,
    user_id             uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    device_id           uuid NOT NULL,
    device_name         text NOT NULL,
    server_id           uuid NOT NULL,
    server_name         text NOT NULL,
    began_at            timestamptz NOT NULL,
    latest_handshake_at timestamptz NOT NULL,
    uploaded            bigint NOT NULL,
    downloaded          bigint NOT NULL,
    ended_at            timestamptz,
    end_reason          text
);
CREATE UNIQUE INDEX vpn_sessions_open ON vpn_sessions (connection_id) WHERE ended_at IS NULL;
CREATE INDEX vpn_sessions_open_of_server ON vpn_sessions (server_id, latest_handshake_at) WHERE ended_at IS NULL;
CREATE INDEX vpn_sessions_user ON vpn_sessions (user_id, began_at DESC);
CREATE INDEX vpn_sessions_connection ON vpn_sessions (connection_id);
CREATE INDEX vpn_sessions_began ON vpn_sessions (began_at DESC);
