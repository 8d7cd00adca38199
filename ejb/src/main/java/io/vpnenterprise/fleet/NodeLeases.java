package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * Names the one application node that may write to a host. A lease carries an epoch that counts up with each new owner;
 * what was written under an older epoch is not confirmed. PostgreSQL's clock decides, nobody's own.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class NodeLeases {

    /** This application node, new with every start: a restarted one waits for its predecessor's lease like any other. */
    private static final UUID SELF = UUID.randomUUID();

    /**
     * The right to write to a host.
     *
     * @param renewed {@link System#nanoTime} before the database was asked
     */
    public record Lease(UUID nodeId, long epoch, long renewed, Duration life) {

        /** Whether enough of it is left to begin a host call. */
        public boolean lasts() {
            return System.nanoTime() - renewed < life.toNanos() / 2;
        }
    }

    @Inject
    Sql sql;

    @Inject
    FleetConfig config;

    /** Takes or renews the lease; empty while another has it. */
    public Optional<Lease> take(UUID nodeId) {
        long now = System.nanoTime();
        return sql.first("""
                        INSERT INTO node_leases AS l (node_id, owner, epoch, expires_at)
                        SELECT id, ?, 1, clock_timestamp() + make_interval(secs => ?) FROM nodes WHERE id = ?
                        ON CONFLICT (node_id) DO UPDATE SET
                            epoch = CASE WHEN l.owner = excluded.owner THEN l.epoch ELSE l.epoch + 1 END,
                            owner = excluded.owner, expires_at = excluded.expires_at
                        WHERE l.owner = excluded.owner OR l.expires_at < clock_timestamp()
                        RETURNING epoch""", row -> row.getLong(1), SELF, config.leaseLife().toSeconds(), nodeId)
                .map(epoch -> new Lease(nodeId, epoch, now, config.leaseLife()));
    }

    /** Locks the lease's row against a new owner until the caller's transaction ends; false when there is one already. */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public boolean stillHeld(Lease lease) {
        return sql.first(
                        "SELECT 1 FROM node_leases WHERE node_id = ? AND owner = ? AND epoch = ? FOR SHARE",
                        row -> true,
                        lease.nodeId(),
                        SELF,
                        lease.epoch())
                .isPresent();
    }

    /** Gives up all leases of this application node, so that the next one need not wait. */
    public void giveUpAll() {
        sql.update("UPDATE node_leases SET expires_at = '-infinity' WHERE owner = ?", SELF);
    }
}
