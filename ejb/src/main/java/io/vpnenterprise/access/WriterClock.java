package io.vpnenterprise.access;

import io.vpnenterprise.fleet.Node;
import io.vpnenterprise.fleet.NodeLeases;
import io.vpnenterprise.fleet.NodeTurns;
import io.vpnenterprise.fleet.Nodes;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What happens by itself: every half second each node gets a round of its writer, for rows that nobody here waits for, and
 * every few seconds a reconciliation, at once where the lease is new. A dead node takes a thread of its own, not the
 * others' turn.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class WriterClock {

    private static final Logger LOG = Logger.getLogger(WriterClock.class.getName());

    private static final long TICK_MILLIS = 500;

    private static final class Beat {
        final AtomicBoolean reconciling = new AtomicBoolean();
        volatile long reconciledAt;
        volatile boolean held;
    }

    private final Map<UUID, Beat> beats = new ConcurrentHashMap<>();

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Resource
    ManagedExecutorService executor;

    @Inject
    Nodes nodes;

    @Inject
    NodeLeases leases;

    @Inject
    NodeTurns turns;

    @Inject
    PeerWriter writer;

    @Inject
    ConvergenceRows convergence;

    @Inject
    AccessConfig config;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(TICK_MILLIS, TICK_MILLIS, new TimerConfig("writers", false));
    }

    @Timeout
    void tick() {
        try {
            Set<UUID> asked = convergence.askedNodes();
            nodes.all().forEach(node -> beat(node, asked.contains(node.id())));
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "no round of the writers: {0}", e.getMessage());
        }
    }

    @PreDestroy
    void stop() {
        leases.giveUpAll();
    }

    private void beat(Node node, boolean asked) {
        Beat beat = beats.computeIfAbsent(node.id(), id -> new Beat());
        boolean holds = turns.lease(node.id()).isPresent();
        boolean took = holds && !beat.held;
        beat.held = holds;
        writer.wake(node.id());
        long now = System.nanoTime();
        boolean due = took
                || asked
                || now - beat.reconciledAt > config.reconcileEvery().toNanos();
        if (holds && due && beat.reconciling.compareAndSet(false, true)) {
            beat.reconciledAt = now;
            try {
                executor.execute(() -> {
                    try {
                        writer.reconcile(node.id());
                    } finally {
                        beat.reconciling.set(false);
                    }
                });
            } catch (RejectedExecutionException e) {
                beat.reconciling.set(false);
            }
        }
    }
}
