-- After it the delivery helps nobody, such as a mail whose link is over; null: it always does.
ALTER TABLE deliveries ADD COLUMN expires_at timestamptz;
-- For the bound on held mails, and for the figures of what is stuck.
CREATE INDEX deliveries_stuck ON deliveries (state, lane) WHERE state IN ('HELD', 'FAILED');
