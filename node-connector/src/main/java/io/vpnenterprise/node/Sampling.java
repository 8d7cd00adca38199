package io.vpnenterprise.node;

import jakarta.resource.spi.work.Work;
import jakarta.resource.spi.work.WorkException;
import jakarta.resource.spi.work.WorkManager;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The inbound side: reads watched interfaces at their time, each in a work of its own, and hands what it read to each
 * endpoint in another. So neither a host nor a bean that dawdles keeps the others waiting, and of neither more than one work
 * is under way. Thread-safe.
 */
final class Sampling {

    private static final Logger LOG = Logger.getLogger(Sampling.class.getName());

    /** How often somebody looks what is due. */
    static final Duration TICK = Duration.ofMillis(100);

    /** Of an interface's time, a read may take one part in this many: while it is read, a device takes no changes. */
    private static final int READS_SHARE = 20;

    /** Quotas wait for samples, so rather than later than this they come at the price of {@link #DEAR_READS_SHARE}. */
    private static final Duration LATE = Duration.ofSeconds(5);

    private static final int DEAR_READS_SHARE = 10;

    /** Interfaces of this machine's nodes; one more is refused. */
    private static final int MAX_WATCHES = 10_000;

    private record Place(NodeTarget node, String interfaceName) {}

    private static final class Reading {
        final Watch watch;
        final AtomicBoolean busy = new AtomicBoolean();

        /** From when on a sample that costs nothing is taken, within a tick; what was read before is too old. */
        volatile long welcomeAt = System.nanoTime();

        volatile long dueAt = System.nanoTime();
        volatile boolean failing;

        Reading(Watch watch) {
            this.watch = watch;
        }

        boolean isDue() {
            long now = System.nanoTime();
            return now - dueAt >= 0 || now - welcomeAt >= 0 && watch.isRead(welcomeAt);
        }

        /** After a reading that began then and took so long. */
        void pause(long began, Duration took, Duration interval) {
            welcomeAt = began + interval.toNanos();
            long cheap = Math.min(READS_SHARE * took.toNanos(), LATE.toNanos());
            dueAt = began + Math.max(interval.toNanos(), Math.max(cheap, DEAR_READS_SHARE * took.toNanos()));
        }
    }

    private final WorkManager works;
    private final Collection<Endpoint> endpoints;
    private final Map<Place, Reading> readings = new ConcurrentHashMap<>();

    /** @param endpoints may change at any time, and is safe to look at meanwhile */
    Sampling(WorkManager works, Collection<Endpoint> endpoints) {
        this.works = works;
        this.endpoints = endpoints;
    }

    /**
     * Begins a watch, or prolongs the one of this epoch: another epoch is another watch, since somebody else may have
     * sampled between them.
     */
    void watch(NodeSession session, NodeTarget node, String interfaceName, long epoch, Duration duration) {
        readings.compute(new Place(node, interfaceName), (place, present) -> {
            if (present != null && present.watch.epoch() == epoch) {
                present.watch.renew(duration);
                return present;
            }
            if (present == null && readings.size() >= MAX_WATCHES) {
                throw new NodeException(NodeException.Reason.BUSY, MAX_WATCHES + " interfaces are watched already");
            }
            Optional.ofNullable(present).ifPresent(before -> end(before.watch));
            return new Reading(new Watch(session, node.id(), interfaceName, epoch, duration));
        });
    }

    /** Starts the works that are due. */
    void tick() {
        readings.forEach((place, reading) -> {
            if (reading.watch.isOver()) {
                readings.remove(place, reading);
                end(reading.watch);
            } else if (!endpoints.isEmpty() && reading.isDue() && reading.busy.compareAndSet(false, true)) {
                start(() -> read(reading), () -> reading.busy.set(false));
            }
        });
    }

    private void read(Reading reading) {
        long began = System.nanoTime();
        try {
            Watch.Snapshot snapshot = reading.watch.read(reading.welcomeAt);
            reading.failing = false;
            reading.pause(snapshot.began(), snapshot.took(), interval());
            endpoints.forEach(endpoint -> {
                if (endpoint.offer(reading.watch, snapshot)) {
                    start(() -> endpoint.deliver(reading.watch), () -> endpoint.skip(reading.watch));
                }
            });
        } catch (RuntimeException e) {
            LOG.log(
                    reading.failing ? Level.FINE : Level.WARNING,
                    "interface " + reading.watch.interfaceName() + " is not sampled: " + e);
            reading.failing = true;
            reading.pause(began, Duration.ofNanos(System.nanoTime() - began), interval());
        } finally {
            reading.busy.set(false);
        }
    }

    /** The shortest that an endpoint asked for. */
    private Duration interval() {
        return endpoints.stream()
                .map(Endpoint::interval)
                .min(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private void end(Watch watch) {
        watch.end();
        endpoints.forEach(endpoint -> endpoint.forget(watch));
    }

    private void start(Runnable work, Runnable otherwise) {
        try {
            works.scheduleWork(new Work() {
                @Override
                public void run() {
                    work.run();
                }

                @Override
                public void release() {
                    // The calls below have deadlines of their own.
                }
            });
        } catch (WorkException e) {
            LOG.log(Level.WARNING, "the container takes no work: {0}", e.getMessage());
            otherwise.run();
        }
    }
}
