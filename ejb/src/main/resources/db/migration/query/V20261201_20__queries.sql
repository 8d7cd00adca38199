-- What members run in tenants' databases, while it runs and for a time afterwards.
CREATE TABLE tenant_queries (
    id            uuid PRIMARY KEY,
    tenant_id     uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The text may hold somebody's secrets, so it is sealed; equal texts have equal hashes, which the audit has, too.
    sealed_sql    bytea NOT NULL,
    sql_hash      text NOT NULL CHECK (length(sql_hash) = 64),
    role          text NOT NULL,
    outcome       text NOT NULL DEFAULT 'RUNNING'
        CHECK (outcome IN ('RUNNING', 'DONE', 'FAILED', 'CANCELLED', 'TIMED_OUT', 'UNKNOWN')),
    sqlstate      text,
    rows          bigint,
    -- Of the server process that works on it: a number that comes again, so with its start.
    backend_pid   integer NOT NULL,
    backend_start timestamptz NOT NULL,
    began_at      timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz,
    CHECK ((outcome = 'RUNNING') = (ended_at IS NULL))
);
CREATE INDEX tenant_queries_member ON tenant_queries (tenant_id, user_id, began_at DESC);
CREATE INDEX tenant_queries_began ON tenant_queries (began_at);

CREATE TABLE saved_queries (
    id         uuid PRIMARY KEY,
    tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    sql        text NOT NULL CHECK (length(sql) BETWEEN 1 AND 100000),
    -- Whether the tenant's other members see it, too.
    shared     boolean NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT saved_queries_name UNIQUE (tenant_id, user_id, name)
);
