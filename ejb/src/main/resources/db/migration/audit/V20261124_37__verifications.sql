-- Readings of the whole log, which take longer than a request may: the row is the truth, an execution that reads comes
-- after a crash again.
CREATE TABLE audit_verifications (
    id         uuid PRIMARY KEY,
    asked_at   timestamptz NOT NULL DEFAULT now(),
    -- Heads as text, empty without one: behind which it begins, and which it compares.
    begins     text NOT NULL,
    anchor     text NOT NULL,
    -- Renewed by who reads: when it grows old, he is dead and another one begins anew.
    beat_at    timestamptz,
    entries    bigint NOT NULL DEFAULT 0,
    ended_at   timestamptz,
    -- Null when the log is whole.
    touched    bigint,
    damage     text
);
-- One at a time.
CREATE UNIQUE INDEX audit_verifications_open ON audit_verifications ((true)) WHERE ended_at IS NULL;
CREATE INDEX audit_verifications_age ON audit_verifications (asked_at);

-- Whoever was refused tells the request's id.
CREATE INDEX audit_entries_request ON audit_entries (request_id, sequence) WHERE request_id <> '';
CREATE INDEX audit_entries_address ON audit_entries (address, sequence) WHERE address <> '';
