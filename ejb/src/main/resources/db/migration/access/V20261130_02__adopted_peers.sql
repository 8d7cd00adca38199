ALTER TABLE peers
    -- What an adopted peer may send from, as it was found; null: the addresses of the server's pools. It holds its number in
    -- the pools all the same.
    ADD COLUMN allowed_ips text[];

DROP TRIGGER peers_forget_digest ON peers;
CREATE TRIGGER peers_forget_digest BEFORE UPDATE ON peers FOR EACH ROW
    WHEN ((OLD.public_key, OLD.sealed_preshared_key, OLD.ipv4, OLD.ipv6, OLD.allowed_ips)
              IS DISTINCT FROM (NEW.public_key, NEW.sealed_preshared_key, NEW.ipv4, NEW.ipv6, NEW.allowed_ips)
          AND (OLD.digest_high, OLD.digest_low) IS NOT DISTINCT FROM (NEW.digest_high, NEW.digest_low))
    EXECUTE FUNCTION forget_peer_digest();

DROP TRIGGER peers_desired_changed ON peers;
CREATE TRIGGER peers_desired_changed AFTER UPDATE ON peers FOR EACH ROW
    WHEN ((OLD.state = 'REMOVING') <> (NEW.state = 'REMOVING')
          OR (OLD.server_id, OLD.public_key, OLD.sealed_preshared_key, OLD.ipv4, OLD.ipv6, OLD.allowed_ips)
              IS DISTINCT FROM (NEW.server_id, NEW.public_key, NEW.sealed_preshared_key, NEW.ipv4, NEW.ipv6, NEW.allowed_ips))
    EXECUTE FUNCTION count_desired_change();

-- Whose the devices are that an import finds and nobody has, while it lasts and after.
CREATE TABLE server_imports (
    server_id uuid PRIMARY KEY REFERENCES servers ON DELETE CASCADE,
    user_id   uuid NOT NULL
);
