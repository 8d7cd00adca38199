package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.Hosts;
import io.vpnenterprise.fleet.Node;
import io.vpnenterprise.fleet.Nodes;
import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.fleet.Servers;
import io.vpnenterprise.node.InterfaceState;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.PeerState;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Makes a node what the database says, touching only what differs: after a crash, a restart of the host, a change by
 * hand. Peers that are right keep their sessions and counters.
 *
 * <p>Runs in the node's turn, so nobody else of the platform writes meanwhile.
 */
@ApplicationScoped
class Reconciliation {

    private static final Logger LOG = Logger.getLogger(Reconciliation.class.getName());

    @Inject
    Nodes nodes;

    @Inject
    Hosts hosts;

    @Inject
    Servers servers;

    @Inject
    ServerRows serverRows;

    @Inject
    PeerRows peers;

    @Inject
    Secrets secrets;

    @Inject
    AccessConfig config;

    @Inject
    Metrics metrics;

    void run(UUID nodeId) {
        Node node = nodes.require(nodeId);
        List<VpnException> failures = new ArrayList<>();
        try {
            hosts.check(node);
            servers.finishLeftovers(node);
            for (Server server : serverRows.ofNode(nodeId)) {
                if (server.status() == Server.Status.ACTIVE) {
                    // One server in trouble must not keep the node's others from being repaired.
                    repaired(node, server).ifPresent(failures::add);
                }
            }
        } catch (VpnException e) {
            failures.add(e);
        }
        if (!failures.isEmpty()) {
            nodes.missed(nodeId, failures.get(0).getMessage());
            throw failures.get(0);
        }
        nodes.seen(nodeId);
    }

    private Optional<VpnException> repaired(Node node, Server server) {
        try {
            repair(node, server);
            return Optional.empty();
        } catch (VpnException e) {
            LOG.log(Level.WARNING, "server {0} is not repaired: {1}", new Object[] {server.id(), e.getMessage()});
            return Optional.of(e);
        }
    }

    private void repair(Node node, Server server) {
        InterfaceState found = ensured(node, server);
        // Read after the host: whoever was added since is missing there, and putting him twice does no harm.
        List<Peer> wanted = peers.ofServer(server.id());
        Map<String, PeerState> onHost = new HashMap<>();
        found.peers().forEach(peer -> onHost.put(peer.publicKey().base64(), peer));

        List<PeerChange> missing = new ArrayList<>();
        for (Peer peer : wanted) {
            if (peer.state() != Peer.State.REMOVING) {
                PeerState present = onHost.remove(peer.publicKey());
                PeerChange.Put put = PeerWriter.put(peer, secrets);
                if (present == null || !same(present, put)) {
                    missing.add(put);
                }
            }
        }
        // The writer removes these by itself, with their addresses.
        wanted.forEach(peer -> onHost.remove(peer.publicKey()));

        List<PeerChange> changes = new ArrayList<>(strangers(server, onHost));
        metrics.repaired("foreign", changes.size());
        changes.addAll(missing);
        metrics.repaired("missing", missing.size());
        if (!changes.isEmpty()) {
            apply(node, server, changes);
            serverRows.noteRepair(
                    server, Map.of("foreign", changes.size() - missing.size(), "missing", missing.size()));
        }
    }

    /** Reads the interface, after bringing it back if the host lost it or has it with another identity. */
    private InterfaceState ensured(Node node, Server server) {
        try {
            InterfaceState found = hosts.read(node, server.interfaceName());
            if (found.publicKey().base64().equals(server.publicKey()) && found.listenPort() == server.port()) {
                return found;
            }
            LOG.log(Level.WARNING, "server {0}: key or port on the host was changed", server.id());
        } catch (VpnException e) {
            if (e.code() != FleetError.NO_INTERFACE) {
                throw e;
            }
            LOG.log(Level.WARNING, "server {0}: the host has no {1}", new Object[] {server.id(), server.interfaceName()
            });
        }
        hosts.ensureInterface(node, server);
        serverRows.noteRepair(server, Map.of("interface", 1));
        return hosts.read(node, server.interfaceName());
    }

    private List<PeerChange> strangers(Server server, Map<String, PeerState> onHost) {
        if (onHost.size() > config.foreignPeerCap()) {
            LOG.log(
                    Level.SEVERE,
                    "server {0}: {1} peers on the host are not in the database, more than {2}: left alone",
                    new Object[] {server.id(), onHost.size(), config.foreignPeerCap()});
            return List.of();
        }
        return onHost.values().stream()
                .<PeerChange>map(peer -> new PeerChange.Remove(peer.publicKey()))
                .toList();
    }

    private void apply(Node node, Server server, List<PeerChange> changes) {
        LOG.log(Level.WARNING, "server {0}: repairing {1} peers", new Object[] {server.id(), changes.size()});
        PeerBatch.apply(changes, part -> hosts.apply(node, server.interfaceName(), part))
                .forEach(refused -> LOG.log(Level.WARNING, "server {0}: a repair was refused: {1}", new Object[] {
                    server.id(), refused.reason()
                }));
    }

    private static boolean same(PeerState present, PeerChange.Put wanted) {
        return present.presharedKey().map(wanted.presharedKey()::equals).orElse(false)
                && present.allowedIps()
                        .equals(wanted.allowedIps().stream().sorted().toList());
    }
}
