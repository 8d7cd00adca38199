-- What goes out of the house: mails, calls of webhooks, push messages. A row is made in the transaction that made it true.
CREATE TABLE deliveries (
    id              uuid PRIMARY KEY,
    channel         text NOT NULL CHECK (channel IN ('MAIL', 'PUSH', 'WEBHOOK')),
    -- What shares one bound: the mail server, a webhook, a push service. One slow lane does not hold up another.
    lane            text NOT NULL,
    -- An e-mail address, a webhook's id, a subscription's id.
    destination     text NOT NULL,
    -- Of what happened: the same for all destinations and all attempts.
    event_id        uuid NOT NULL,
    type            text NOT NULL,
    -- The account that it is for; null when there is none yet.
    user_id         uuid REFERENCES users ON DELETE CASCADE,
    -- May carry links that open accounts: sealed, and wiped when it is not needed any more.
    sealed          bytea,
    -- HELD: there is no mail server to give it to.
    state           text NOT NULL CHECK (state IN ('HELD', 'WAITING', 'DELIVERED', 'FAILED')),
    attempts        integer NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    -- Later than created_at after a replay.
    queued_at       timestamptz NOT NULL DEFAULT now(),
    -- The next attempt; while one is under way, when its lease runs out.
    due_at          timestamptz NOT NULL DEFAULT now(),
    claim           uuid,
    last_attempt_at timestamptz,
    finished_at     timestamptz,
    -- Of the last attempt: HTTP status or SMTP reply code, and what was answered or went wrong.
    last_status     integer,
    last_answer     text,
    -- One for each event and destination, however often the event is heard.
    CONSTRAINT deliveries_once_key UNIQUE (channel, destination, event_id)
);
CREATE INDEX deliveries_due ON deliveries (lane, due_at) WHERE state = 'WAITING';
CREATE INDEX deliveries_list ON deliveries (channel, created_at DESC, id);
CREATE INDEX deliveries_destination ON deliveries (destination, created_at DESC, id);
CREATE INDEX deliveries_user ON deliveries (user_id, created_at);
CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL;
