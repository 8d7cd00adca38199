-- What was done, once and for ever: each entry carries the hash of the one before, see io.vpnenterprise.audit.AuditChain.
CREATE TABLE audit_entries (
    -- Without gaps: a missing number is a missing entry.
    sequence        bigint PRIMARY KEY CHECK (sequence > 0),
    -- An event that is heard twice makes one entry.
    outbox_id       bigint NOT NULL,
    at              timestamptz NOT NULL,
    actor_id        uuid,
    actor_name      text NOT NULL,
    actor_method    text NOT NULL,
    action          text NOT NULL,
    severity        text NOT NULL CHECK (severity IN ('INFO', 'WARNING', 'CRITICAL')),
    target_kind     text NOT NULL,
    target_id       text NOT NULL,
    target_name     text NOT NULL,
    subject_id      uuid,
    organisation_id uuid,
    address         text NOT NULL,
    user_agent      text NOT NULL,
    request_id      text NOT NULL,
    -- JSON as it was hashed, byte for byte, which jsonb would not keep.
    details         text NOT NULL,
    previous        bytea NOT NULL CHECK (octet_length(previous) = 32),
    hash            bytea NOT NULL CHECK (octet_length(hash) = 32),
    CONSTRAINT audit_entries_outbox_key UNIQUE (outbox_id)
);
-- Each ends in the sequence, which is the order of every list: a page is read from the index whatever the table's size.
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, sequence);
CREATE INDEX audit_entries_actor_name ON audit_entries (actor_name, sequence);
CREATE INDEX audit_entries_action ON audit_entries (action, sequence);
CREATE INDEX audit_entries_target ON audit_entries (target_id, sequence) WHERE target_id <> '';
CREATE INDEX audit_entries_subject ON audit_entries (subject_id, sequence) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_entries_organisation ON audit_entries (organisation_id, sequence) WHERE organisation_id IS NOT NULL;
CREATE INDEX audit_entries_severe ON audit_entries (sequence) WHERE severity <> 'INFO';
-- Turns times into bounds of the sequence.
CREATE INDEX audit_entries_at ON audit_entries (at);

-- The last entry, and whom the next one follows: locked by whoever appends.
CREATE TABLE audit_head (
    id       integer PRIMARY KEY CHECK (id = 1),
    sequence bigint NOT NULL,
    hash     bytea NOT NULL,
    -- Who owns the database could else shorten the log and say that it always ended there.
    mac      bytea NOT NULL
);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'the audit is append-only'; END$$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
