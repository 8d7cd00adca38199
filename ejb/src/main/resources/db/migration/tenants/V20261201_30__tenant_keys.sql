-- A program's way in to the rows of one tenant, without an account.
CREATE TABLE tenant_keys (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('ANON', 'SERVICE')),
    key_hash   bytea NOT NULL UNIQUE,
    preview    text NOT NULL,
    created_at timestamptz NOT NULL,
    rotated_at timestamptz
);
CREATE INDEX tenant_keys_tenant ON tenant_keys (tenant_id);
