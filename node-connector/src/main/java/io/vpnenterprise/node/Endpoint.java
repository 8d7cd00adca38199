package io.vpnenterprise.node;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A message-driven bean that hears of all watched interfaces, and what of each it has taken already. Thread-safe. */
final class Endpoint {

    private static final Logger LOG = Logger.getLogger(Endpoint.class.getName());

    /** Without a change for this long, an empty delivery says that there was none. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** Begins with the clock, so that it grows over restarts of the adapter too. */
    private static final AtomicLong SEQUENCE = new AtomicLong(System.currentTimeMillis() << 20);

    private final MessageEndpointFactory factory;
    private final Duration interval;
    private final Map<Watch, Taken> taken = new ConcurrentHashMap<>();

    /** What the bean has taken of one watch; touched by one delivery at a time. */
    private static final class Taken {
        final AtomicBoolean busy = new AtomicBoolean();
        final Map<WireGuardKey, PeerSample> peers = new HashMap<>();
        volatile Watch.Snapshot newest;
        long deliveredAt = System.nanoTime() - SILENCE.toNanos();
        boolean failing;
    }

    Endpoint(MessageEndpointFactory factory, Duration interval) {
        this.factory = factory;
        this.interval = interval;
    }

    Duration interval() {
        return interval;
    }

    /** Whether the bean may get a snapshot now: false while it is still at an earlier one, which the newest then follows. */
    boolean offer(Watch watch, Watch.Snapshot snapshot) {
        Taken of = taken.computeIfAbsent(watch, key -> new Taken());
        of.newest = snapshot;
        return of.busy.compareAndSet(false, true);
    }

    /** Gives back what {@link #offer} took, when nobody will {@link #deliver}. */
    void skip(Watch watch) {
        Optional.ofNullable(taken.get(watch)).ifPresent(of -> of.busy.set(false));
    }

    void forget(Watch watch) {
        taken.remove(watch);
    }

    /** Delivers what changed, in parts, until one is refused: the rest comes with the next snapshot, as it is then. */
    void deliver(Watch watch) {
        Taken of = taken.get(watch);
        if (of == null) {
            return;
        }
        try {
            Watch.Snapshot snapshot = of.newest;
            of.peers.keySet().retainAll(snapshot.peers().keySet());
            List<PeerSample> changed = changed(of.peers, snapshot);
            for (int from = 0; from < changed.size(); from += PeerSamples.MAX_PEERS) {
                List<PeerSample> part = changed.subList(from, Math.min(from + PeerSamples.MAX_PEERS, changed.size()));
                send(watch, snapshot, part);
                part.forEach(peer -> of.peers.put(peer.publicKey(), peer));
                of.deliveredAt = System.nanoTime();
            }
            if (System.nanoTime() - of.deliveredAt >= SILENCE.toNanos()) {
                send(watch, snapshot, List.of());
                of.deliveredAt = System.nanoTime();
            }
            of.failing = false;
        } catch (ResourceException | NoSuchMethodException | RuntimeException e) {
            // Once in a row: a database that is away would fill the log.
            LOG.log(
                    of.failing ? Level.FINE : Level.WARNING,
                    "samples of " + watch.interfaceName() + " were not taken and will be repeated: " + e);
            of.failing = true;
        } finally {
            of.busy.set(false);
        }
    }

    private static List<PeerSample> changed(Map<WireGuardKey, PeerSample> before, Watch.Snapshot snapshot) {
        List<PeerSample> changed = new ArrayList<>();
        snapshot.peers().forEach((key, peer) -> {
            if (!peer.equals(before.get(key))) {
                changed.add(peer);
            }
        });
        return changed;
    }

    private void send(Watch watch, Watch.Snapshot snapshot, List<PeerSample> peers)
            throws ResourceException, NoSuchMethodException {
        PeerSamples samples = new PeerSamples(
                watch.nodeId(),
                watch.interfaceName(),
                watch.epoch(),
                SEQUENCE.incrementAndGet(),
                watch.sampler(),
                snapshot.incarnation(),
                snapshot.at(),
                peers);
        MessageEndpoint endpoint = factory.createEndpoint(null);
        try {
            ((PeerSamplesListener) endpoint).onSamples(samples);
        } finally {
            endpoint.release();
        }
    }
}
