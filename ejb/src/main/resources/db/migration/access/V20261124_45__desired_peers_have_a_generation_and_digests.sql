-- What a peer is, in 128 bits as the connector makes them (PeerDigest): comparing then opens no preshared key. Null until the
-- reconciliation makes it, and again when what it is made of changes without it.
ALTER TABLE peers ADD COLUMN digest_high bigint, ADD COLUMN digest_low bigint;
CREATE INDEX peers_undigested ON peers (server_id) WHERE digest_high IS NULL;

CREATE FUNCTION forget_peer_digest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.digest_high := NULL;
    NEW.digest_low := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER peers_forget_digest BEFORE UPDATE ON peers FOR EACH ROW
    WHEN ((OLD.public_key, OLD.sealed_preshared_key, OLD.ipv4, OLD.ipv6)
              IS DISTINCT FROM (NEW.public_key, NEW.sealed_preshared_key, NEW.ipv4, NEW.ipv6)
          AND (OLD.digest_high, OLD.digest_low) IS NOT DISTINCT FROM (NEW.digest_high, NEW.digest_low))
    EXECUTE FUNCTION forget_peer_digest();

-- How often what a server's host must have has changed: the sum of its rows, added to in the transaction of each change, so
-- that nobody waits for anybody; the reconciliation adds them up from time to time. No reference to servers: its lock would
-- come after those of the peers.
CREATE TABLE desired_changes (
    server_id uuid NOT NULL,
    changes   bigint NOT NULL
);
CREATE INDEX desired_changes_server ON desired_changes (server_id);

CREATE FUNCTION count_desired_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO desired_changes (server_id, changes) VALUES (coalesce(NEW.server_id, OLD.server_id), 1);
    RETURN NULL;
END $$;
CREATE TRIGGER peers_desired_added AFTER INSERT ON peers FOR EACH ROW
    WHEN (NEW.state <> 'REMOVING') EXECUTE FUNCTION count_desired_change();
CREATE TRIGGER peers_desired_gone AFTER DELETE ON peers FOR EACH ROW
    WHEN (OLD.state <> 'REMOVING') EXECUTE FUNCTION count_desired_change();
CREATE TRIGGER peers_desired_changed AFTER UPDATE ON peers FOR EACH ROW
    WHEN ((OLD.state = 'REMOVING') <> (NEW.state = 'REMOVING')
          OR (OLD.server_id, OLD.public_key, OLD.sealed_preshared_key, OLD.ipv4, OLD.ipv6)
              IS DISTINCT FROM (NEW.server_id, NEW.public_key, NEW.sealed_preshared_key, NEW.ipv4, NEW.ipv6))
    EXECUTE FUNCTION count_desired_change();

CREATE FUNCTION forget_desired_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM desired_changes WHERE server_id = OLD.id;
    RETURN NULL;
END $$;
-- Runs after the peers of the server are gone, which counts them: triggers run in the order of their names.
CREATE TRIGGER servers_forget_desired_changes AFTER DELETE ON servers FOR EACH ROW
    EXECUTE FUNCTION forget_desired_changes();

-- What the last comparison of a server with its host found.
CREATE TABLE server_convergence (
    server_id         uuid PRIMARY KEY REFERENCES servers ON DELETE CASCADE,
    -- An admin wants one that begins later than this.
    asked_at          timestamptz,
    began_at          timestamptz,
    failure           text,
    proved_generation bigint,
    proved_at         timestamptz,
    digest            text,
    foreign_peers     integer NOT NULL DEFAULT 0,
    -- So many foreign peers an admin allowed to remove, once.
    foreign_allowed   integer,
    repaired_at       timestamptz,
    repaired_missing  integer NOT NULL DEFAULT 0,
    repaired_changed  integer NOT NULL DEFAULT 0,
    repaired_foreign  integer NOT NULL DEFAULT 0
);
