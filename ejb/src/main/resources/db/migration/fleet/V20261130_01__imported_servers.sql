ALTER TABLE servers
    DROP CONSTRAINT servers_status_check,
    ADD CONSTRAINT servers_status_check CHECK (status IN ('CREATING', 'IMPORTING', 'ACTIVE', 'DELETING')),
    -- An interface that somebody else made has the name and the port that he gave it.
    DROP CONSTRAINT servers_interface_key,
    ADD CONSTRAINT servers_interface_key UNIQUE (node_id, interface_name),
    DROP CONSTRAINT servers_port_check,
    ADD CONSTRAINT servers_port_check CHECK (port BETWEEN 1 AND 65535),
    ADD COLUMN mtu integer NOT NULL DEFAULT 1420 CHECK (mtu BETWEEN 1280 AND 1500),
    -- Its addresses from before, with their prefixes, separated by blanks: it keeps them beside those of its pools.
    ADD COLUMN imported_addresses text NOT NULL DEFAULT '';

-- Networks of imported interfaces and of their peers: no pool may have addresses in them.
CREATE TABLE imported_networks (
    server_id uuid NOT NULL REFERENCES servers ON DELETE CASCADE,
    network   cidr NOT NULL,
    PRIMARY KEY (server_id, network)
);
