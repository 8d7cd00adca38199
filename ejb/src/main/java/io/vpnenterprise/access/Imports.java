package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.Hosts;
import io.vpnenterprise.fleet.ImportSpec;
import io.vpnenterprise.fleet.Node;
import io.vpnenterprise.fleet.Nodes;
import io.vpnenterprise.node.ExistingInterface;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Makes a server of an interface that somebody else set up, without touching its peers: their sessions, counters, keys and
 * addresses stay. The database is made what the host says, in one transaction; the node's next reconciliation sees to what
 * was changed meanwhile, and from its first comparison without difference on, the host is made what the database says.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Imports {

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final long PAUSE_MILLIS = 100;

    @Inject
    Nodes nodes;

    @Inject
    Hosts hosts;

    @Inject
    ImportRows rows;

    @Inject
    PeerWriter writer;

    /**
     * Imports an interface.
     *
     * @param owner whose the devices are that nobody has
     * @param devices what an admin knows of some of them
     * @return after 30 s at the latest, finished or not: then it goes on by itself
     * @throws VpnException {@code INTERFACE_NOT_FOUND}, {@code NODE_REFUSED} when it is none that could be a server's, {@code
     *     INTERFACE_TAKEN}, {@code NETWORK_IN_USE}, {@code DEVICE_CONNECTED}, ...: nothing is changed
     */
    public ImportState run(Caller caller, ImportSpec spec, UUID owner, List<ImportedDevice> devices) {
        Node node = nodes.require(spec.nodeId());
        if (!node.admitted()) {
            throw new VpnException(FleetError.NODE_NOT_ADMITTED, node.name());
        }
        UUID serverId = rows.begin(caller, node, spec, owner, devices, describe(node, spec.interfaceName()));
        writer.reconcile(node.id());
        long end = System.nanoTime() + LONGEST.toNanos();
        ImportState state = state(node.id(), serverId);
        while (!state.finished() && System.nanoTime() < end) {
            pause();
            state = state(node.id(), serverId);
        }
        return state;
    }

    /** @throws VpnException {@code IMPORT_NOT_FOUND} */
    public ImportState state(UUID nodeId, UUID serverId) {
        return rows.state(nodeId, serverId);
    }

    private ExistingInterface describe(Node node, String interfaceName) {
        try {
            return hosts.describe(node, interfaceName);
        } catch (VpnException e) {
            throw e.code() == FleetError.NO_INTERFACE
                    ? new VpnException(FleetError.INTERFACE_NOT_FOUND, interfaceName, e)
                    : e;
        }
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
