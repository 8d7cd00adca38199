-- Opens only under the master key that sealed it: a start with another key is refused.
CREATE TABLE master_key_canary (
    id     integer PRIMARY KEY CHECK (id = 1),
    sealed bytea NOT NULL
);

-- What other features shall hear, written in the transaction that made it true.
CREATE TABLE outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at   timestamptz NOT NULL DEFAULT now(),
    type         text NOT NULL,
    payload      jsonb NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    due_at       timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE delivered_at IS NULL;

-- The answer to the first request with a key, for those that repeat it. Without secrets: those are shown once.
CREATE TABLE idempotency_keys (
    user_id     uuid NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
    fingerprint bytea NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    status      integer,
    location    text,
    body        text,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (started_at);

-- A schedule fires by adding its row: once in the cluster.
CREATE TABLE schedule_firings (
    schedule text NOT NULL,
    due_at   timestamptz NOT NULL,
    fired_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (schedule, due_at)
);
