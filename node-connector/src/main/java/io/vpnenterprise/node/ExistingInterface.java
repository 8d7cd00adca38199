package io.vpnenterprise.node;

import java.util.List;
import java.util.Objects;

/**
 * An interface that the host has, whoever made it, with what is needed to make it again. Holds its secrets.
 *
 * @param spec what {@link NodeConnection#ensureInterface} would change nothing with, but for the packet filter
 * @param incarnation of its device, as {@link PeerSamples#incarnation} names it: the counters of its peers are that one's
 */
public record ExistingInterface(InterfaceSpec spec, String incarnation, List<PeerState> peers) {
    public ExistingInterface {
        Objects.requireNonNull(spec, "spec is null");
        Objects.requireNonNull(incarnation, "incarnation is null");
        peers = List.copyOf(peers);
    }

    public WireGuardKey publicKey() {
        return Curve25519.publicKeyOf(spec.privateKey());
    }
}
