package io.vpnenterprise.node;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The peers of one interface that changed since the last samples that were taken: at most {@link #MAX_PEERS} at a time, and
 * none at all from time to time, which says that nothing did.
 *
 * @param epoch of the watch: samples of a lower one are late
 * @param sequence grows with each samples of an epoch; what is repeated has a new one and the newest counters
 * @param sampler who has numbered the lives: a new one with each watch
 * @param incarnation of the device: another one has other counters
 * @param at just before the interface was read, by this machine's clock
 */
public record PeerSamples(
        UUID nodeId,
        String interfaceName,
        long epoch,
        long sequence,
        UUID sampler,
        String incarnation,
        Instant at,
        List<PeerSample> peers) {

    /** Of one delivery: what the listener does with it is one short transaction. */
    public static final int MAX_PEERS = 1_000;

    public PeerSamples {
        peers = List.copyOf(peers);
    }
}
