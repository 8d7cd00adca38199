package io.vpnenterprise.node;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A peer as the host has it.
 *
 * @param presharedKey empty when the peer has none
 * @param allowedIps in CIDR form, sorted as text
 * @param endpoint address and port the peer was last heard from
 * @param latestHandshake empty when there was none
 * @param received bytes from the peer since it was added
 * @param sent bytes to the peer since it was added
 */
public record PeerState(
        WireGuardKey publicKey,
        Optional<WireGuardKey> presharedKey,
        List<String> allowedIps,
        Optional<String> endpoint,
        Optional<Instant> latestHandshake,
        long received,
        long sent) {
    public PeerState {
        allowedIps = List.copyOf(allowedIps);
    }
}
