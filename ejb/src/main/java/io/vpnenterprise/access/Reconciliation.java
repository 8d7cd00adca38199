package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.Hosts;
import io.vpnenterprise.fleet.Node;
import io.vpnenterprise.fleet.NodeChecks;
import io.vpnenterprise.fleet.Nodes;
import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerClosing;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.fleet.Servers;
import io.vpnenterprise.node.InterfaceDigest;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.PeerDigest;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Makes a node what the database says, touching only what differs: after a crash, a restart of the host, a change by
 * hand. Compares digests, of all peers by range, then of each where a range differs. Peers that are right keep their
 * sessions and counters.
 *
 * <p>Runs in the node's turn, so nobody else of the platform writes meanwhile.
 */
@ApplicationScoped
class Reconciliation {

    private static final Logger LOG = Logger.getLogger(Reconciliation.class.getName());

    /** Somebody may change the interface by hand while it is imported; who does so longer, waits for the next time. */
    private static final int ADOPTION_ROUNDS = 5;

    @Inject
    Nodes nodes;

    @Inject
    NodeChecks checks;

    @Inject
    Hosts hosts;

    @Inject
    Servers servers;

    @Inject
    ServerRows serverRows;

    @Inject
    PeerRows peers;

    @Inject
    ConvergenceRows rows;

    @Inject
    ImportRows imports;

    @Inject
    RateRepair rates;

    @Inject
    Secrets secrets;

    @Inject
    AccessConfig config;

    @Inject
    Metrics metrics;

    @Resource
    ManagedExecutorService executor;

    /** What each server must have, by what it amounts to, as of the generation it was made of: 6 kB a server. */
    private final Map<UUID, DesiredPeers> desired = new ConcurrentHashMap<>();

    void run(UUID nodeId) {
        Node node = nodes.require(nodeId);
        if (!checks.due(node)) {
            return;
        }
        OffsetDateTime began = rows.now();
        List<VpnException> failures = new ArrayList<>();
        try {
            node = checks.ask(node);
            servers.finishLeftovers(node);
            for (Server server : serverRows.ofNode(nodeId)) {
                // One server in trouble must not keep the node's others from being repaired.
                switch (server.status()) {
                    case IMPORTING -> tried(node, server, this::adopt).ifPresent(failures::add);
                    case ACTIVE -> tried(node, server, this::repairEvenIfItGoes).ifPresent(failures::add);
                    case CREATING, DELETING -> {
                        // Whoever makes or removes it is at it.
                    }
                }
            }
        } catch (VpnException e) {
            failures.add(e);
            serverRows.ofNode(nodeId).forEach(server -> rows.noteFailure(server.id(), began, e.getMessage()));
        }
        if (!failures.isEmpty()) {
            nodes.missed(nodeId, failures.get(0).getMessage());
            throw failures.get(0);
        }
        checks.passed(node);
    }

    /** What is done with a server of a node, from an instant of PostgreSQL's clock on. */
    @FunctionalInterface
    private interface Work {
        void run(Node node, Server server, OffsetDateTime began);
    }

    private Optional<VpnException> tried(Node node, Server server, Work work) {
        OffsetDateTime began = rows.now();
        try {
            work.run(node, server, began);
            return Optional.empty();
        } catch (VpnException e) {
            LOG.log(Level.WARNING, "server {0} is not reconciled: {1}", new Object[] {server.id(), e.getMessage()});
            rows.noteFailure(server.id(), began, e.getMessage());
            return Optional.of(e);
        }
    }

    /** A hand that deletes an interface may do so while it is compared: then it is brought back at once. */
    private void repairEvenIfItGoes(Node node, Server server, OffsetDateTime began) {
        try {
            repair(node, server, began);
        } catch (VpnException e) {
            if (e.code() != FleetError.NO_INTERFACE) {
                throw e;
            }
            repair(node, server, began);
        }
    }

    private void repair(Node node, Server server, OffsetDateTime began) {
        Differences found = compare(node, server);
        List<WireGuardKey> strangers = removable(server, found.foreign());
        Repair repair = new Repair(found.missing().size(), found.changed().size(), strangers.size());
        Differences left = found;
        if (!repair.isNone()) {
            LOG.log(Level.WARNING, "server {0}: repairing {1}", new Object[] {server.id(), repair});
            remove(node, server, strangers);
            put(node, server, found.missing());
            put(node, server, found.changed());
            note(server, repair);
            left = compare(node, server);
        }
        int foreign = left.foreign().size();
        rows.noteCompared(
                server,
                began,
                left.isNone() ? Optional.of(left.desired()) : Optional.empty(),
                foreign > config.foreignPeerCap() ? foreign : 0);
        rates.run(node, server);
    }

    /**
     * Makes the database what the host says, until both say the same once; from then on it is the other way round. The
     * host keeps all that it has, and gets what our own peers will need.
     */
    private void adopt(Node node, Server server, OffsetDateTime began) {
        String name = server.interfaceName();
        Differences found = compare(node, server, hosts.digest(node, name));
        for (int round = 0; !found.isNone() && round < ADOPTION_ROUNDS; round++) {
            imports.follow(server, hosts.describe(node, name));
            found = compare(node, server, hosts.digest(node, name));
        }
        if (found.isNone()) {
            hosts.ensureInterface(node, server);
            if (serverRows.finishImport(server.id())) {
                LOG.log(Level.INFO, "server {0}: {1} is ours", new Object[] {server.id(), name});
            }
            rows.noteCompared(server, began, Optional.of(found.desired()), 0);
        }
    }

    /**
     * Reads the host once and compares it range by range with what the database says, then peer by peer where a range
     * differs. What the writer is about to write is no difference.
     */
    private Differences compare(Node node, Server server) {
        // Read before the database: whoever was confirmed since seems to miss, and putting him twice does no harm.
        return compare(node, server, ensured(node, server));
    }

    private Differences compare(Node node, Server server, InterfaceDigest onHost) {
        DesiredPeers wanted = desired(server.id());
        Set<Integer> ranges = wanted.differing(onHost.ranges());
        Differences differences = Differences.none(wanted);
        if (ranges.isEmpty()) {
            return differences;
        }
        Map<WireGuardKey, PeerDigest> strangers = new HashMap<>();
        hosts.digests(node, server.interfaceName(), ranges).forEach(peer -> strangers.put(peer.publicKey(), peer));
        for (ConvergenceRows.Digested row : rows.ofRanges(server.id(), ranges)) {
            PeerDigest present = strangers.remove(row.digest().publicKey());
            if (row.state() == Peer.State.ACTIVE) {
                if (present == null) {
                    differences.missing().add(row.id());
                } else if (!present.equals(row.digest())) {
                    differences.changed().add(row.id());
                }
            }
        }
        differences.foreign().addAll(strangers.keySet());
        return differences;
    }

    /** What differs on a host: rows that it must have, and keys that it must not. */
    private record Differences(
            DesiredPeers desired, List<UUID> missing, List<UUID> changed, List<WireGuardKey> foreign) {

        static Differences none(DesiredPeers desired) {
            return new Differences(desired, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        boolean isNone() {
            return missing.isEmpty() && changed.isEmpty() && foreign.isEmpty();
        }
    }

    /** Kept for as long as the generation is the same, which is asked first: what is read after it may only be newer. */
    private DesiredPeers desired(UUID serverId) {
        long generation = rows.generation(serverId);
        DesiredPeers kept = desired.get(serverId);
        if (kept == null || kept.generation() != generation) {
            makeDigests(serverId);
            kept = new DesiredPeers(generation, rows.ranges(serverId));
            desired.put(serverId, kept);
        }
        return kept;
    }

    void forget(@Observes ServerClosing closing) {
        desired.remove(closing.serverId());
    }

    /** Of rows that came without, or whose keys or addresses were changed. */
    private void makeDigests(UUID serverId) {
        List<Peer> page = peers.undigested(serverId, PeerChange.MAX_BATCH);
        while (!page.isEmpty()) {
            rows.noteDigests(
                    serverId,
                    page,
                    page.stream()
                            .map(peer -> PeerDigest.of(PeerWriter.put(peer, secrets)))
                            .toList());
            page = peers.undigested(serverId, PeerChange.MAX_BATCH);
        }
    }

    /** Reads the interface, after bringing it back if the host lost it or has it with another identity. */
    private InterfaceDigest ensured(Node node, Server server) {
        try {
            InterfaceDigest found = hosts.digest(node, server.interfaceName());
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
        return hosts.digest(node, server.interfaceName());
    }

    /** All strangers, unless they are so many that the database may be the one that is wrong: then an admin says so. */
    private List<WireGuardKey> removable(Server server, List<WireGuardKey> foreign) {
        if (foreign.size() <= config.foreignPeerCap()
                || rows.foreignAllowed(server.id()).equals(Optional.of(foreign.size()))) {
            return foreign;
        }
        LOG.log(
                Level.SEVERE,
                "server {0}: {1} peers on the host are not in the database, more than {2}: left alone",
                new Object[] {server.id(), foreign.size(), config.foreignPeerCap()});
        return List.of();
    }

    private void remove(Node node, Server server, List<WireGuardKey> strangers) {
        apply(
                node,
                server,
                strangers.stream().<PeerChange>map(PeerChange.Remove::new).toList());
    }

    /** Those of them that are to be there still: while the host takes one page, the next is read and opened. */
    private void put(Node node, Server server, List<UUID> ids) {
        ReadAhead.eachPage(ids, PeerChange.MAX_BATCH, executor, this::puts, page -> apply(node, server, page));
    }

    private List<PeerChange> puts(List<UUID> ids) {
        return peers.active(ids).stream()
                .<PeerChange>map(peer -> PeerWriter.put(peer, secrets))
                .toList();
    }

    private void apply(Node node, Server server, List<PeerChange> changes) {
        PeerBatch.apply(changes, part -> hosts.apply(node, server.interfaceName(), part))
                .forEach(refused -> LOG.log(Level.WARNING, "server {0}: a repair was refused: {1}", new Object[] {
                    server.id(), refused.reason()
                }));
    }

    private void note(Server server, Repair repair) {
        metrics.repaired("missing", repair.missing());
        metrics.repaired("changed", repair.changed());
        metrics.repaired("foreign", repair.foreign());
        rows.noteRepair(server, repair);
    }
}
