package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetConfig;
import io.vpnenterprise.fleet.NodeTurns;
import io.vpnenterprise.fleet.Servers;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Gives servers new keys. An interface has one, so a second server takes the name beside the old one, on the same node with
 * its own port and addresses; the old one is drained into it and deleted.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class KeyRotations {

    private static final Logger LOG = Logger.getLogger(KeyRotations.class.getName());

    private static final String ROTATED = "server.key-rotated";

    @Inject
    DrainRows rows;

    @Inject
    Servers servers;

    @Inject
    NodeTurns turns;

    @Inject
    FleetConfig config;

    /**
     * Gives a server a new key; both keys work until the old server is drained.
     *
     * @param port of the new key; empty: the next that is free
     * @param overlap as a drain's deadline; empty: as configured
     * @return the server that has the name from now on
     */
    public UUID rotate(Caller caller, UUID serverId, Optional<Integer> port, Optional<Duration> overlap) {
        Duration deadline = overlap.orElse(config.serverKeyOverlap());
        Drains.requireDeadline(deadline);
        return rotate(AuditEvent.by(caller, ROTATED), serverId, port, deadline);
    }

    /** Rotates one key that is due, if there is one on a node that this application node writes to. */
    public void rotateDue() {
        config.serverKeyLife()
                .flatMap(rows::dueForRotation)
                .filter(due -> turns.lease(due.nodeId()).isPresent())
                .ifPresent(due -> {
                    try {
                        rotate(
                                AuditEvent.bySystem(ROTATED),
                                due.serverId(),
                                Optional.empty(),
                                config.serverKeyOverlap());
                    } catch (VpnException e) {
                        LOG.log(Level.WARNING, "server {0} has no new key yet: {1}", new Object[] {
                            due.serverId(), e.getMessage()
                        });
                    }
                });
    }

    /** Deletes the servers whose key was rotated and that nobody uses any more. */
    public void deleteRetired() {
        for (DrainRows.Underway retired : rows.retired()) {
            if (turns.lease(retired.nodeId()).isPresent()) {
                try {
                    servers.deleteBySystem(retired.serverId());
                } catch (VpnException e) {
                    // It is closed by now, and its node's reconciliation removes it.
                    LOG.log(Level.WARNING, "server {0} is left to be removed: {1}", new Object[] {
                        retired.serverId(), e.getMessage()
                    });
                }
            }
        }
    }

    private UUID rotate(AuditEvent rotated, UUID serverId, Optional<Integer> port, Duration overlap) {
        UUID successor =
                servers.succeed(serverId, port, made -> rows.beginRotation(rotated, serverId, made.id(), overlap));
        LOG.log(Level.INFO, "server {0} takes the place of {1}", new Object[] {successor, serverId});
        return successor;
    }
}
