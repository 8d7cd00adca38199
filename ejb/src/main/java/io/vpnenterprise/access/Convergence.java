package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * What an admin sees of a server's convergence, and asks for. The application node that writes to the host does it; that may
 * be another one, so what is asked for and what was found are in the database.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Convergence {

    /** A host that lost all of 50,000 peers takes about 7 s. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final long PAUSE_MILLIS = 100;

    @Inject
    ConvergenceRows rows;

    @Inject
    ServerRows servers;

    @Inject
    PeerWriter writer;

    public ServerState state(UUID serverId) {
        return rows.state(serverId);
    }

    /**
     * Compares the server with its host and puts right what differs; returns what is so then.
     *
     * @throws VpnException {@code NODE_UNREACHABLE} when that failed, {@code NOT_CONFIRMED} when it takes longer than 30 s
     */
    public ServerState reconcile(Caller caller, UUID serverId) {
        return await(serverId, rows.ask(caller, serverId));
    }

    /**
     * Removes the foreign peers that wait for it.
     *
     * @param expected how many the admin has seen: if there are others by now, none is removed
     * @throws VpnException {@code FOREIGN_PEERS_CHANGED}, and as {@link #reconcile}
     */
    public ServerState removeForeignPeers(Caller caller, UUID serverId, int expected) {
        ServerState state = await(serverId, rows.allowForeignRemoval(caller, serverId, expected));
        if (state.foreignPeers() > 0) {
            throw new VpnException(AccessError.FOREIGN_PEERS_CHANGED, state.foreignPeers() + " are there");
        }
        return state;
    }

    private ServerState await(UUID serverId, OffsetDateTime asked) {
        long end = System.nanoTime() + LONGEST.toNanos();
        writer.reconcile(servers.require(serverId).nodeId());
        while (System.nanoTime() < end) {
            ServerState state = rows.state(serverId);
            if (state.comparedAt().isPresent() && !state.comparedAt().get().isBefore(asked)) {
                if (state.failure().isPresent()) {
                    throw new VpnException(
                            FleetError.NODE_UNREACHABLE, state.failure().get());
                }
                return state;
            }
            pause();
        }
        throw new VpnException(AccessError.NOT_CONFIRMED);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VpnException(AccessError.NOT_CONFIRMED);
        }
    }
}
