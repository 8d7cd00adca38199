-- What a database of each plan may use. The original's figures, as data that an admin edits.
CREATE TABLE hosting_plans (
    name                 text PRIMARY KEY CHECK (name IN ('FREE', 'PRO', 'ENTERPRISE')),
    max_connections      integer NOT NULL CHECK (max_connections BETWEEN 1 AND 10000),
    max_storage_bytes    bigint NOT NULL CHECK (max_storage_bytes BETWEEN 16777216 AND 1000000000000000),
    max_cpu_percent      integer NOT NULL CHECK (max_cpu_percent BETWEEN 1 AND 10000),
    max_memory_bytes     bigint NOT NULL CHECK (max_memory_bytes BETWEEN 16777216 AND 1000000000000000),
    max_temp_bytes       bigint NOT NULL CHECK (max_temp_bytes BETWEEN 1048576 AND 1000000000000000),
    statement_seconds    integer NOT NULL CHECK (statement_seconds BETWEEN 1 AND 86400),
    idle_seconds         integer NOT NULL CHECK (idle_seconds BETWEEN 1 AND 86400),
    tenants_per_user     integer NOT NULL CHECK (tenants_per_user BETWEEN 0 AND 10000),
    updated_at           timestamptz NOT NULL DEFAULT now()
);
INSERT INTO hosting_plans (name, max_connections, max_storage_bytes, max_cpu_percent, max_memory_bytes, max_temp_bytes,
                           statement_seconds, idle_seconds, tenants_per_user) VALUES
    ('FREE', 10, 100 * 1048576, 10, 100 * 1048576, 100 * 1048576, 30, 60, 1),
    ('PRO', 50, 5000 * 1048576::bigint, 50, 1024 * 1048576::bigint, 1024 * 1048576::bigint, 300, 600, 10),
    ('ENTERPRISE', 500, 50000 * 1048576::bigint, 100, 8192 * 1048576::bigint, 8192 * 1048576::bigint, 1800, 3600, 100);

CREATE TABLE tenants (
    id            uuid PRIMARY KEY,
    name          text NOT NULL CHECK (length(name) BETWEEN 3 AND 100),
    plan          text NOT NULL REFERENCES hosting_plans,
    region        text NOT NULL,
    engine        text NOT NULL CHECK (engine IN ('POSTGRESQL', 'MARIADB')),
    placement     text NOT NULL CHECK (placement IN ('SHARED', 'DEDICATED')),
    state         text NOT NULL CHECK (state IN ('PROVISIONING', 'ACTIVE', 'SUSPENDED', 'RETIRED', 'GONE')),
    -- Of the database and, with endings, of its roles. Every tenant can read the names of all: they say nothing.
    database_name text NOT NULL UNIQUE CHECK (database_name ~ '^t_[a-z0-9]{16}$'),
    created_at    timestamptz NOT NULL,
    ready_at      timestamptz,
    -- When the recoverable copy of a retired one goes.
    purge_at      timestamptz,
    CHECK ((state = 'RETIRED') = (purge_at IS NOT NULL))
);
CREATE INDEX tenants_created ON tenants (created_at DESC, id);
CREATE INDEX tenants_purge ON tenants (purge_at) WHERE state = 'RETIRED';

CREATE TABLE tenant_members (
    tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role      text NOT NULL CHECK (role IN ('VIEWER', 'EDITOR', 'ADMIN', 'OWNER')),
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX tenant_members_user ON tenant_members (user_id);

-- What programs, and the platform for its members, sign in to the database with.
CREATE TABLE tenant_logins (
    tenant_id       uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    login           text NOT NULL CHECK (login IN ('OWNER', 'WRITER', 'READER')),
    sealed_password bytea NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    changed_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, login)
);
