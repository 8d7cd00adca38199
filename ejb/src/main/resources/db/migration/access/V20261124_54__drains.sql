-- Somebody empties a server: kept when it is over, until the next one.
CREATE TABLE drains (
    server_id   uuid PRIMARY KEY REFERENCES servers ON DELETE CASCADE,
    begun_at    timestamptz NOT NULL,
    deadline    timestamptz NOT NULL,
    finished_at timestamptz,
    -- Where its peers go first, while there is room; no reference: it may be gone before.
    target_id   uuid,
    -- Whether the server is deleted when it is empty.
    then_delete boolean NOT NULL DEFAULT false
);

ALTER TABLE peers
    -- The device's next peer, on another server. No reference: this one outlives a successor that the host refused.
    ADD COLUMN succeeded_by uuid,
    -- A peer that was succeeded goes when its device is heard on the next one, or then.
    ADD COLUMN leaves_at timestamptz,
    ADD CONSTRAINT peers_leave_when_succeeded CHECK ((succeeded_by IS NULL) = (leaves_at IS NULL));

DROP INDEX peers_device_live;
-- Nor does one that was succeeded: it makes room when its device has moved.
CREATE UNIQUE INDEX peers_device_live ON peers (device_id) WHERE state <> 'REMOVING' AND succeeded_by IS NULL;
CREATE INDEX peers_succeeded ON peers (succeeded_by) WHERE succeeded_by IS NOT NULL;
