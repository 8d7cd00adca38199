package io.vpnenterprise.node;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a peer's counters were at a moment, and from which zero they count.
 *
 * @param life numbers the beginnings of this peer's counters that the sampler has seen: another number is another zero, and
 *     0 is a zero that it has not seen, since the peer was there before it
 * @param endpoint address and port the peer was last heard from
 * @param latestHandshake empty when there was none in this life
 * @param received bytes from the peer in this life
 * @param sent bytes to the peer in this life
 */
public record PeerSample(
        WireGuardKey publicKey,
        long life,
        Optional<String> endpoint,
        Optional<Instant> latestHandshake,
        long received,
        long sent) {
    public PeerSample {
        Objects.requireNonNull(publicKey, "publicKey is null");
    }
}
