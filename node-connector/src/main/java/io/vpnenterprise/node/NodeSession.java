package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The one kept link to a node: lets callers through one after another, in the order they came, within a deadline that
 * includes the queue, and turns away those that would make the queue too long. So a host that hangs costs its own callers a
 * bounded time, and the callers of other hosts nothing.
 *
 * <p>Thread-safe. Undoing a failed creation may take 2 s beyond the deadline.
 */
final class NodeSession implements AutoCloseable {

    /**
     * An interface as a {@link Watch} reads it.
     *
     * @param at before it was read
     * @param began {@code System.nanoTime()}, likewise
     * @param took how long the node was busy with it
     * @param incarnation changes when the device is another one, with other counters
     * @param removed the peers that were removed through this session between the reading before and this one
     */
    record Sampled(
            Instant at,
            long began,
            Duration took,
            String incarnation,
            InterfaceState state,
            Set<WireGuardKey> removed) {}

    private final NodeTarget target;
    private final DeviceDriver driver;
    private final AtomicChanges peers;
    private final Duration callDeadline;
    private final int maxWaiters;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final AtomicInteger callers = new AtomicInteger();

    /** Of the interfaces that are sampled: the peers that were removed since, whose counters are lost. */
    private final Map<String, Set<WireGuardKey>> removedSinceSample = new ConcurrentHashMap<>();

    /** Of the interfaces that are sampled: the reading of the last comparison, until it is taken. */
    private final Map<String, Sampled> untaken = new ConcurrentHashMap<>();

    private volatile boolean closed;

    NodeSession(NodeTarget target, DeviceDriver driver, Duration callDeadline, int maxWaiters) {
        this.target = target;
        this.driver = driver;
        this.peers = new AtomicChanges(driver);
        this.callDeadline = callDeadline;
        this.maxWaiters = maxWaiters;
    }

    static NodeSession open(NodeTarget target, SshSessions ssh, Duration callDeadline, int maxWaiters) {
        DeviceDriver driver =
                switch (target.transport()) {
                    case UAPI -> new UapiDriver(target.networkNamespace());
                    case WG -> new WgDriver(target.networkNamespace());
                    case SSH ->
                        new WgDriver(new SshPrograms(ssh, target.ssh().orElseThrow()), target.networkNamespace());
                    case SIMULATED -> new SimulatedDriver();
                };
        return new NodeSession(target, driver, callDeadline, maxWaiters);
    }

    void ensureInterface(InterfaceSpec spec) {
        inTurn(deadline -> {
            peers.forget(spec.name());
            driver.ensureInterface(spec, deadline);
            return null;
        });
    }

    void removeInterface(String interfaceName) {
        InterfaceSpec.requireName(interfaceName);
        inTurn(deadline -> {
            peers.forget(interfaceName);
            driver.removeInterface(interfaceName, deadline);
            return null;
        });
    }

    void apply(String interfaceName, List<PeerChange> changes) {
        InterfaceSpec.requireName(interfaceName);
        if (changes.size() > PeerChange.MAX_BATCH) {
            throw new IllegalArgumentException(
                    "a batch has at most " + PeerChange.MAX_BATCH + " changes, not " + changes.size());
        }
        List<PeerChange> unchanging = List.copyOf(changes);
        RateTable.requireAddresses(unchanging);
        inTurn(deadline -> {
            peers.apply(interfaceName, unchanging, deadline);
            noteRemoved(interfaceName, unchanging);
            driver.rate(interfaceName, unchanging, deadline);
            return null;
        });
    }

    InterfaceState read(String interfaceName) {
        InterfaceSpec.requireName(interfaceName);
        return inTurn(deadline -> {
            peers.recover(interfaceName, deadline);
            return driver.read(interfaceName, deadline);
        });
    }

    Map<WireGuardKey, PeerRate> rates(String interfaceName) {
        InterfaceSpec.requireName(interfaceName);
        return inTurn(deadline -> driver.rates(interfaceName, deadline));
    }

    InterfaceDigest digest(String interfaceName) {
        InterfaceSpec.requireName(interfaceName);
        return inTurn(deadline -> {
            if (!removedSinceSample.containsKey(interfaceName)) {
                return peers.digest(interfaceName, deadline);
            }
            // While a device is read, it takes no changes: one reading serves the comparison and the watch.
            return peers.digest(
                    interfaceName,
                    () -> {
                        Sampled reading = reading(interfaceName, deadline);
                        untaken.put(interfaceName, reading);
                        return reading.state();
                    },
                    deadline);
        });
    }

    List<PeerDigest> digests(String interfaceName, Set<Integer> ranges) {
        InterfaceSpec.requireName(interfaceName);
        return inTurn(deadline -> peers.digests(interfaceName, ranges, deadline));
    }

    /**
     * Gives an interface's one {@link Watch} what {@link #digest} has read, or reads it.
     *
     * @param notBefore {@code System.nanoTime()}: what was read before it is too old
     * @throws NodeException as {@link #read}, and {@code UNAVAILABLE} when the device was replaced meanwhile
     */
    Sampled sample(String interfaceName, long notBefore) {
        InterfaceSpec.requireName(interfaceName);
        return inTurn(deadline ->
                hasSample(interfaceName, notBefore) ? untaken.remove(interfaceName) : reading(interfaceName, deadline));
    }

    /** Whether {@link #sample} costs nothing now. */
    boolean hasSample(String interfaceName, long notBefore) {
        Sampled compared = untaken.get(interfaceName);
        return compared != null && compared.began() - notBefore >= 0;
    }

    ExistingInterface describe(String interfaceName) {
        InterfaceSpec.requireName(interfaceName);
        return inTurn(deadline -> {
            peers.recover(interfaceName, deadline);
            String incarnation = driver.incarnation(interfaceName, deadline);
            DeviceDriver.Described found = driver.describe(interfaceName, deadline);
            requireStill(incarnation, interfaceName, deadline);
            return new ExistingInterface(found.spec(), incarnation, found.peers());
        });
    }

    void forgetSampled(String interfaceName) {
        removedSinceSample.remove(interfaceName);
        untaken.remove(interfaceName);
    }

    void check() {
        inTurn(deadline -> {
            driver.check(deadline);
            return null;
        });
    }

    /** At once, also for the call that is under way: it ends with {@code UNAVAILABLE}. */
    @Override
    public void close() {
        closed = true;
        driver.close();
    }

    /** How many calls are queued behind the one under way, as of a moment ago. */
    int waiting() {
        return turn.getQueueLength();
    }

    private Sampled reading(String interfaceName, Deadline deadline) {
        Instant at = Instant.now();
        long began = System.nanoTime();
        String incarnation = driver.incarnation(interfaceName, deadline);
        InterfaceState state = driver.read(interfaceName, deadline);
        requireStill(incarnation, interfaceName, deadline);
        Set<WireGuardKey> removed = Optional.ofNullable(removedSinceSample.put(interfaceName, new HashSet<>()))
                .orElseGet(HashSet::new);
        // Of a reading that nobody takes any more.
        Optional.ofNullable(untaken.remove(interfaceName)).ifPresent(before -> removed.addAll(before.removed()));
        return new Sampled(at, began, Duration.ofNanos(System.nanoTime() - began), incarnation, state, removed);
    }

    private void requireStill(String incarnation, String interfaceName, Deadline deadline) {
        if (!incarnation.equals(driver.incarnation(interfaceName, deadline))) {
            throw new NodeException(Reason.UNAVAILABLE, interfaceName + " was replaced while it was read");
        }
    }

    /** Only what is sure: a peer whose counters go on and that is taken for a new one would be counted twice. */
    private void noteRemoved(String interfaceName, List<PeerChange> changes) {
        Set<WireGuardKey> removed = removedSinceSample.get(interfaceName);
        if (removed != null) {
            changes.stream()
                    .filter(PeerChange.Remove.class::isInstance)
                    .forEach(change -> removed.add(change.publicKey()));
        }
    }

    private <T> T inTurn(Function<Deadline, T> call) {
        Deadline deadline = Deadline.after(callDeadline);
        // The one whose turn it is does not wait.
        if (callers.incrementAndGet() > maxWaiters + 1) {
            callers.decrementAndGet();
            throw new NodeException(Reason.BUSY, maxWaiters + " calls wait for node " + target.id() + " already");
        }
        try {
            if (!turn.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new NodeException(Reason.BUSY, "no turn in time at node " + target.id());
            }
            try {
                if (closed) {
                    throw new NodeException(Reason.UNAVAILABLE, "the resource adapter has been stopped");
                }
                return call.apply(deadline);
            } finally {
                turn.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeException(Reason.BUSY, "interrupted while waiting for node " + target.id(), e);
        } finally {
            callers.decrementAndGet();
        }
    }
}
