ALTER TABLE nodes
    DROP CONSTRAINT nodes_transport_check,
    ADD CONSTRAINT nodes_transport_check CHECK (transport IN ('UAPI', 'WG', 'SSH', 'SIMULATED')),
    ADD COLUMN ssh_host text,
    ADD COLUMN ssh_port integer,
    ADD COLUMN ssh_user text,
    -- The only key that the host may have.
    ADD COLUMN ssh_host_key text,
    -- The platform's own, for this node alone; its seal is bound to the columns above.
    ADD COLUMN ssh_public_key text,
    ADD COLUMN sealed_ssh_key bytea,
    -- Replaces the one above as soon as the host accepts it.
    ADD COLUMN next_ssh_public_key text,
    ADD COLUMN sealed_next_ssh_key bytea,
    -- When the platform last tried, by itself, a key that the host may not know yet.
    ADD COLUMN ssh_tried_at timestamptz,
    -- A node is enrolling until its first clean reconciliation.
    ADD COLUMN admitted_at timestamptz,
    ADD CONSTRAINT nodes_ssh CHECK (
        (transport = 'SSH') = (ssh_host IS NOT NULL AND ssh_port IS NOT NULL AND ssh_user IS NOT NULL
            AND ssh_host_key IS NOT NULL AND ssh_public_key IS NOT NULL AND sealed_ssh_key IS NOT NULL)),
    ADD CONSTRAINT nodes_admitted CHECK (transport = 'SSH' OR admitted_at IS NOT NULL) NOT VALID;

UPDATE nodes SET admitted_at = created_at;
ALTER TABLE nodes VALIDATE CONSTRAINT nodes_admitted;
