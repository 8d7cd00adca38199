CREATE TABLE nodes (
    id                uuid PRIMARY KEY,
    name              text NOT NULL,
    transport         text NOT NULL CHECK (transport IN ('UAPI', 'WG', 'SIMULATED')),
    network_namespace text,
    -- What clients put before the port: a name or an address.
    endpoint_host     text NOT NULL,
    created_at        timestamptz NOT NULL,
    last_seen_at      timestamptz,
    last_error        text,
    CONSTRAINT nodes_name_key UNIQUE (name)
);

-- The one application node that may write to a host, until the lease runs out.
CREATE TABLE node_leases (
    node_id    uuid PRIMARY KEY REFERENCES nodes ON DELETE CASCADE,
    owner      uuid NOT NULL,
    epoch      bigint NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE servers (
    id                 uuid PRIMARY KEY,
    node_id            uuid NOT NULL REFERENCES nodes,
    name               text NOT NULL,
    region             text NOT NULL,
    status             text NOT NULL CHECK (status IN ('CREATING', 'ACTIVE', 'DELETING')),
    interface_name     text NOT NULL CHECK (length(interface_name) <= 15),
    port               integer NOT NULL CHECK (port BETWEEN 1024 AND 65535),
    public_key         text NOT NULL,
    sealed_private_key bytea NOT NULL,
    ipv4_pool          cidr NOT NULL,
    ipv6_pool          cidr NOT NULL,
    capacity           integer NOT NULL CHECK (capacity BETWEEN 1 AND 65000),
    peer_count         integer NOT NULL DEFAULT 0 CHECK (peer_count BETWEEN 0 AND capacity),
    -- The address handed out last: going on from there leaves a given-back address unused for as long as there are others.
    address_cursor     integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    CONSTRAINT servers_name_key UNIQUE (name),
    CONSTRAINT servers_port_key UNIQUE (node_id, port),
    CONSTRAINT servers_interface_key UNIQUE (interface_name),
    CONSTRAINT servers_ipv4_overlap EXCLUDE USING gist (ipv4_pool inet_ops WITH &&),
    CONSTRAINT servers_ipv6_overlap EXCLUDE USING gist (ipv6_pool inet_ops WITH &&)
);

-- Which hosts of a server's two pools are taken: the same number in both.
CREATE TABLE server_addresses (
    server_id uuid NOT NULL REFERENCES servers ON DELETE CASCADE,
    host      integer NOT NULL CHECK (host >= 2),
    PRIMARY KEY (server_id, host)
);
