package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.Hosts;
import io.vpnenterprise.fleet.Node;
import io.vpnenterprise.fleet.NodeLeases.Lease;
import io.vpnenterprise.fleet.NodeTurns;
import io.vpnenterprise.fleet.Nodes;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one writer of each node. It drains the rows that a node has to take, in batches: all who wait at a moment share one
 * exchange with the host and one commit. It re-reads the rows for each round and confirms only what is still so, which is
 * why a revoked peer cannot be brought back by a slower request.
 *
 * <p>Only the holder of the node's lease writes. On the other application nodes those who wait see in the database what
 * the holder has done. Thread-safe.
 */
@ApplicationScoped
public class PeerWriter {

    private static final Logger LOG = Logger.getLogger(PeerWriter.class.getName());

    /** Rows of one round: one exchange and one commit. */
    private static final int BATCH = 500;

    /** Requests that wait for one node; more would only grow old in the queue. */
    private static final int MAX_WAITING = 2_000;

    enum Outcome {
        /** The host has the peer. */
        ACTIVE,
        /** The host has the peer no more. */
        GONE,
        /** The host would not take it. */
        REFUSED
    }

    /** Before one node: who waits for which peer, and whether a round is about to start. */
    private static final class Line {
        final Map<UUID, List<CompletableFuture<Outcome>>> waiting = new ConcurrentHashMap<>();
        final AtomicBoolean scheduled = new AtomicBoolean();
    }

    private final Map<UUID, Line> lines = new ConcurrentHashMap<>();

    @Resource
    ManagedExecutorService executor;

    @Inject
    PeerRows peers;

    @Inject
    Nodes nodes;

    @Inject
    Hosts hosts;

    @Inject
    NodeTurns turns;

    @Inject
    Reconciliation reconciliation;

    @Inject
    Secrets secrets;

    @Inject
    Metrics metrics;

    /**
     * Waits until the node has what the database says of this peer; the row is committed before.
     *
     * @throws VpnException {@code NODE_UNREACHABLE}, {@code NODE_BUSY}, or {@code NOT_CONFIRMED} after the deadline: what
     *     the host has is then unknown
     */
    Outcome write(Peer peer, Duration deadline) {
        Line line = line(peer.nodeId());
        if (line.waiting.size() >= MAX_WAITING) {
            throw new VpnException(FleetError.NODE_BUSY);
        }
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        line.waiting.merge(peer.id(), List.of(outcome), PeerWriter::both);
        wake(peer.nodeId());
        try {
            return outcome.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new VpnException(AccessError.NOT_CONFIRMED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VpnException(AccessError.NOT_CONFIRMED);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof VpnException failure
                    ? new VpnException(failure.code(), null, failure)
                    : new VpnException(PlatformError.INTERNAL, null, e.getCause());
        } finally {
            line.waiting.computeIfPresent(peer.id(), (id, all) -> without(all, outcome));
        }
    }

    /** Starts a round for the node, unless one is about to start. */
    void wake(UUID nodeId) {
        Line line = line(nodeId);
        if (line.scheduled.compareAndSet(false, true)) {
            try {
                executor.execute(() -> inTurn(nodeId, line, lease -> drain(nodeId, line, lease)));
            } catch (RejectedExecutionException e) {
                // The container is stopping, or out of threads: the next tick tries again.
                line.scheduled.set(false);
            }
        }
    }

    /** Compares and repairs the whole node, in its turn, then drains what came up meanwhile. */
    void reconcile(UUID nodeId) {
        Line line = line(nodeId);
        inTurn(nodeId, line, lease -> {
            reconciliation.run(nodeId);
            drain(nodeId, line, lease);
        });
    }

    private void inTurn(UUID nodeId, Line line, Consumer<Lease> work) {
        try {
            boolean ours = turns.take(nodeId, lease -> {
                // Whoever comes from here on is not seen by this round for sure, so he starts another.
                line.scheduled.set(false);
                work.accept(lease);
            });
            if (!ours) {
                line.scheduled.set(false);
                answerFromDatabase(line);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "node " + nodeId + ": " + e.getMessage(), e instanceof VpnException ? null : e);
            fail(line, line.waiting.keySet(), e);
        }
    }

    /** Rounds, until nothing is left to write or a round got nothing done: the next tick tries again. */
    private void drain(UUID nodeId, Line line, Lease first) {
        Optional<Lease> lease = Optional.of(first);
        boolean progress = true;
        while (progress && lease.isPresent()) {
            List<Peer> rows = peers.toWrite(nodeId, BATCH);
            if (rows.isEmpty()) {
                answerFromDatabase(line);
                return;
            }
            Node node = nodes.require(nodeId);
            Map<String, List<Peer>> byInterface = rows.stream()
                    .collect(Collectors.groupingBy(Peer::interfaceName, LinkedHashMap::new, Collectors.toList()));
            progress = false;
            for (Map.Entry<String, List<Peer>> part : byInterface.entrySet()) {
                // One interface in trouble must not keep the node's others waiting.
                progress |= writePart(node, line, lease.get(), part.getKey(), part.getValue());
            }
            lease = turns.lease(nodeId);
        }
    }

    /** Returns whether anything was confirmed. */
    private boolean writePart(Node node, Line line, Lease lease, String interfaceName, List<Peer> rows) {
        Set<UUID> refused = new HashSet<>();
        try {
            apply(node, interfaceName, rows).forEach(refusal -> rows.stream()
                    .filter(row ->
                            row.publicKey().equals(refusal.change().publicKey().base64()))
                    .forEach(row -> {
                        refused.add(row.id());
                        LOG.log(Level.WARNING, "node {0} refused peer {1}: {2}", new Object[] {
                            node.id(), row.id(), refusal.reason()
                        });
                    }));
            nodes.seen(node.id());
        } catch (VpnException e) {
            nodes.missed(node.id(), e.getMessage());
            LOG.log(Level.WARNING, "node {0} did not take {1} changes: {2}", new Object[] {
                node.id(), rows.size(), e.getMessage()
            });
            fail(line, ids(rows), e);
            return false;
        }
        Optional<Set<UUID>> confirmed = peers.confirm(lease, rows.get(0).serverId(), outcomeOf(rows, refused));
        if (confirmed.isEmpty()) {
            turns.lost(node.id());
            fail(line, ids(rows), new VpnException(FleetError.NODE_BUSY));
            return false;
        }
        for (Peer row : rows) {
            // One that changed meanwhile is still waited for: the next round brings the host what it is now.
            if (refused.contains(row.id()) || confirmed.get().contains(row.id())) {
                complete(line, row.id(), outcomeOf(row, refused));
            }
        }
        return !confirmed.get().isEmpty();
    }

    private List<PeerBatch.Refused> apply(Node node, String interfaceName, List<Peer> rows) {
        List<PeerChange> changes = rows.stream().flatMap(this::changes).toList();
        metrics.wroteToNode(changes.size());
        PeerBatch.Exchange exchange = part -> hosts.apply(node, interfaceName, part);
        try {
            return PeerBatch.apply(changes, exchange);
        } catch (VpnException e) {
            if (e.code() != FleetError.NO_INTERFACE) {
                throw e;
            }
            // The host was restarted: give it back all it had, then go on.
            reconciliation.run(node.id());
            return PeerBatch.apply(changes, exchange);
        }
    }

    private Stream<PeerChange> changes(Peer row) {
        WireGuardKey key = WireGuardKey.ofBase64(row.publicKey());
        PeerChange change = row.state() == Peer.State.REMOVING ? new PeerChange.Remove(key) : put(row, secrets);
        return Stream.concat(
                row.replacedKey().map(WireGuardKey::ofBase64).map(PeerChange.Remove::new).stream(), Stream.of(change));
    }

    static PeerChange.Put put(Peer row, Secrets secrets) {
        return new PeerChange.Put(
                WireGuardKey.ofBase64(row.publicKey()),
                WireGuardKey.of(secrets.open(row.sealedPresharedKey(), row.presharedKeyPurpose())),
                row.allowedIps(),
                row.rate());
    }

    private static PeerRows.Written outcomeOf(List<Peer> rows, Set<UUID> refused) {
        return new PeerRows.Written(
                rows.stream()
                        .filter(row -> outcomeOf(row, refused) == Outcome.ACTIVE)
                        .collect(Collectors.toMap(Peer::id, Peer::version)),
                idsOf(rows, row -> outcomeOf(row, refused) == Outcome.GONE),
                idsOf(rows, row -> outcomeOf(row, refused) == Outcome.REFUSED && row.state() == Peer.State.PENDING));
    }

    private static Outcome outcomeOf(Peer row, Set<UUID> refused) {
        if (refused.contains(row.id())) {
            return Outcome.REFUSED;
        }
        return row.state() == Peer.State.REMOVING ? Outcome.GONE : Outcome.ACTIVE;
    }

    private static List<UUID> idsOf(List<Peer> rows, java.util.function.Predicate<Peer> which) {
        return rows.stream().filter(which).map(Peer::id).toList();
    }

    private static List<UUID> ids(List<Peer> rows) {
        return idsOf(rows, row -> true);
    }

    /** For those whose row is not to be written any more, or is written by another application node. */
    private void answerFromDatabase(Line line) {
        for (UUID peerId : line.waiting.keySet()) {
            Optional<Peer> row = peers.find(peerId);
            if (row.isEmpty()) {
                complete(line, peerId, Outcome.GONE);
            } else if (row.get().state() == Peer.State.ACTIVE && row.get().written()) {
                complete(line, peerId, Outcome.ACTIVE);
            }
        }
    }

    private static void complete(Line line, UUID peerId, Outcome outcome) {
        List<CompletableFuture<Outcome>> waiting = line.waiting.remove(peerId);
        if (waiting != null) {
            waiting.forEach(future -> future.complete(outcome));
        }
    }

    private static void fail(Line line, Collection<UUID> peerIds, RuntimeException failure) {
        for (UUID peerId : List.copyOf(peerIds)) {
            List<CompletableFuture<Outcome>> waiting = line.waiting.remove(peerId);
            if (waiting != null) {
                waiting.forEach(future -> future.completeExceptionally(failure));
            }
        }
    }

    private Line line(UUID nodeId) {
        return lines.computeIfAbsent(nodeId, id -> new Line());
    }

    private static <T> List<T> both(List<T> left, List<T> right) {
        List<T> all = new ArrayList<>(left);
        all.addAll(right);
        return List.copyOf(all);
    }

    private static <T> List<T> without(List<T> all, T one) {
        List<T> rest = all.stream().filter(other -> other != one).toList();
        return rest.isEmpty() ? null : rest;
    }
}
