-- What each database takes on disk, as it was measured last.
CREATE TABLE tenant_storage (
    tenant_id   uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
    used_bytes  bigint NOT NULL CHECK (used_bytes >= 0),
    measured_at timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'NORMAL' CHECK (state IN ('NORMAL', 'WARNED_80', 'WARNED_90', 'RESTRICTED')),
    state_since timestamptz NOT NULL,
    -- Whether the cluster holds the database to RESTRICTED: it follows the state.
    held        boolean NOT NULL DEFAULT false
);
CREATE INDEX tenant_storage_held ON tenant_storage (tenant_id) WHERE state = 'RESTRICTED' OR held;

-- Which application node looks after tenants' databases: one at a time for each duty, until its time is over.
CREATE TABLE tenant_duties (
    duty  text PRIMARY KEY,
    node  uuid NOT NULL,
    until timestamptz NOT NULL
);
