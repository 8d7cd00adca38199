package io.vpnenterprise.access;

import io.vpnenterprise.fleet.NodeTurns;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Empties servers: no new peers from the first moment, and those that are there move to others, each when its device takes
 * the new configuration. What is under way stands in the database, and goes on after a restart.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Drains {

    public static final Duration USUAL_DEADLINE = Duration.ofHours(1);
    private static final Duration MOST_DEADLINE = Duration.ofDays(7);

    private static final Logger LOG = Logger.getLogger(Drains.class.getName());

    /** Successors of one server's peers, and peers that leave, in one round: some seconds of work. */
    private static final int ROUND = 200;

    @Inject
    DrainRows rows;

    @Inject
    Successions successions;

    @Inject
    NodeTurns turns;

    /** @param deadline how long the old peers may stay beside their successors, 1 s to 7 days */
    public Drain begin(Caller caller, UUID serverId, Duration deadline) {
        requireDeadline(deadline);
        rows.begin(caller, serverId, deadline);
        LOG.log(Level.INFO, "server {0} is being drained", serverId);
        return rows.require(serverId);
    }

    public Drain require(UUID serverId) {
        return rows.require(serverId);
    }

    public void cancel(Caller caller, UUID serverId) {
        rows.cancel(caller, serverId);
        LOG.log(Level.INFO, "server {0} is not drained any more", serverId);
    }

    /** Goes on with what is under way on the nodes that this application node writes to. */
    public void goOn() {
        for (DrainRows.Underway drain : rows.underway()) {
            if (turns.lease(drain.nodeId()).isPresent()) {
                prepareSuccessors(drain.serverId());
            }
        }
        successions.release(ROUND);
        rows.empty().stream()
                .filter(rows::finish)
                .forEach(serverId -> LOG.log(Level.INFO, "server {0} is drained", serverId));
    }

    static void requireDeadline(Duration deadline) {
        if (deadline.compareTo(Duration.ofSeconds(1)) < 0 || deadline.compareTo(MOST_DEADLINE) > 0) {
            throw VpnException.ofField(AccessError.INVALID_DEADLINE, "deadlineSeconds", null);
        }
    }

    private void prepareSuccessors(UUID serverId) {
        for (UUID peerId : successions.waiting(serverId, ROUND)) {
            try {
                if (successions.prepare(peerId) == Successions.Prepared.NO_ROOM) {
                    return;
                }
            } catch (VpnException e) {
                // His account was shut out a moment ago, or the database was busy: the next round knows.
                LOG.log(Level.WARNING, "peer {0} has no successor yet: {1}", new Object[] {peerId, e.getMessage()});
            }
        }
    }
}
