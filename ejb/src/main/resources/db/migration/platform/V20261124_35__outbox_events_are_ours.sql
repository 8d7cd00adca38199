-- Who owns the database alone could else have the platform vouch for what never happened: see io.vpnenterprise.platform.Outbox.
-- json keeps the text as it was written, which the mac is over; what jsonb cannot hold is refused as before.
ALTER TABLE outbox
    ALTER COLUMN payload TYPE json USING payload::text::json,
    ADD CONSTRAINT outbox_payload_check CHECK (payload::jsonb IS NOT NULL),
    -- Null in the rows of before: one that still waits is told of as one that nobody vouches for.
    ADD COLUMN mac bytea,
    -- The audit hears first, in a transaction of its own.
    ADD COLUMN audited_at timestamptz;
