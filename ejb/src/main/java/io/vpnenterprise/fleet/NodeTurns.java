package io.vpnenterprise.fleet;

import io.vpnenterprise.fleet.NodeLeases.Lease;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Whoever changes a host, or decides by what it has, does so in the node's turn: alone in this process, and only while
 * this application node holds the node's lease. So two changes of a node never overtake each other. Thread-safe.
 */
@ApplicationScoped
public class NodeTurns {

    private static final Logger LOG = Logger.getLogger(NodeTurns.class.getName());

    private static final class Turn {
        final ReentrantLock lock = new ReentrantLock(true);
        volatile Lease lease;
    }

    private final Map<UUID, Turn> turns = new ConcurrentHashMap<>();

    @Inject
    NodeLeases leases;

    /**
     * Does the work when it is its turn; not inside a transaction.
     *
     * @return false, with nothing done, when another application node holds the lease
     */
    public boolean take(UUID nodeId, Consumer<Lease> work) {
        Turn turn = turn(nodeId);
        turn.lock.lock();
        try {
            Optional<Lease> lease = lease(nodeId);
            lease.ifPresent(work);
            return lease.isPresent();
        } finally {
            turn.lock.unlock();
        }
    }

    /** The lease, taken or renewed if it is free or ours; empty while another application node has it. */
    public Optional<Lease> lease(UUID nodeId) {
        Turn turn = turn(nodeId);
        Lease held = turn.lease;
        if (held == null || !held.lasts()) {
            Optional<Lease> taken = leases.take(nodeId);
            turn.lease = taken.orElse(null);
            if (taken.isPresent()
                    && (held == null || held.epoch() != taken.get().epoch())) {
                LOG.log(Level.INFO, "writing to node {0} from now on, epoch {1}", new Object[] {
                    nodeId, taken.get().epoch()
                });
            }
        }
        return Optional.ofNullable(turn.lease);
    }

    /** What was written under the lease could not be confirmed: another application node has it by now. */
    public void lost(UUID nodeId) {
        turn(nodeId).lease = null;
    }

    private Turn turn(UUID nodeId) {
        return turns.computeIfAbsent(nodeId, id -> new Turn());
    }
}
