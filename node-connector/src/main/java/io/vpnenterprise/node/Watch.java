package io.vpnenterprise.node;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One interface that somebody wants to hear of, for as long as he says so. Reads it, and numbers the lives of its peers'
 * counters: a counter that went down, a peer that was gone, was removed here, or a device that is another one has begun
 * anew. Read by one thread at a time.
 */
final class Watch {

    /**
     * What an interface was at a moment.
     *
     * @param at before it was read
     * @param began {@code System.nanoTime()}, likewise
     * @param took how long the node was busy with it
     */
    record Snapshot(String incarnation, Instant at, long began, Duration took, Map<WireGuardKey, PeerSample> peers) {}

    private final NodeSession session;
    private final UUID nodeId;
    private final String interfaceName;
    private final long epoch;
    private final UUID sampler = UUID.randomUUID();
    private volatile long until;
    private long lives;
    private Snapshot last;

    Watch(NodeSession session, UUID nodeId, String interfaceName, long epoch, Duration duration) {
        this.session = session;
        this.nodeId = nodeId;
        this.interfaceName = interfaceName;
        this.epoch = epoch;
        renew(duration);
    }

    UUID nodeId() {
        return nodeId;
    }

    String interfaceName() {
        return interfaceName;
    }

    long epoch() {
        return epoch;
    }

    UUID sampler() {
        return sampler;
    }

    void renew(Duration duration) {
        until = System.nanoTime() + duration.toNanos();
    }

    boolean isOver() {
        return System.nanoTime() - until > 0;
    }

    /** Whether the session has read the interface by itself since then, and {@link #read} costs nothing now. */
    boolean isRead(long notBefore) {
        return session.hasSample(interfaceName, notBefore);
    }

    /** The session need not remember removals for this any more. */
    void end() {
        session.forgetSampled(interfaceName);
    }

    /**
     * @param notBefore {@code System.nanoTime()}: what was read before it is too old
     * @throws NodeException as {@link NodeConnection#read}
     */
    Snapshot read(long notBefore) {
        NodeSession.Sampled sampled = session.sample(interfaceName, notBefore);
        Map<WireGuardKey, PeerSample> peers = new HashMap<>();
        for (PeerState peer : sampled.state().peers()) {
            peers.put(
                    peer.publicKey(),
                    new PeerSample(
                            peer.publicKey(),
                            lifeOf(peer, sampled),
                            peer.endpoint(),
                            peer.latestHandshake(),
                            peer.received(),
                            peer.sent()));
        }
        last = new Snapshot(sampled.incarnation(), sampled.at(), sampled.began(), sampled.took(), Map.copyOf(peers));
        return last;
    }

    private long lifeOf(PeerState peer, NodeSession.Sampled sampled) {
        if (last == null) {
            return 0;
        }
        Optional<PeerSample> before = Optional.ofNullable(last.peers().get(peer.publicKey()));
        boolean goesOn = before.isPresent()
                && last.incarnation().equals(sampled.incarnation())
                && !sampled.removed().contains(peer.publicKey())
                && peer.received() >= before.get().received()
                && peer.sent() >= before.get().sent();
        return goesOn ? before.get().life() : ++lives;
    }
}
