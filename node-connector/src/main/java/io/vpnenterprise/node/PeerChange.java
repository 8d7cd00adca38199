package io.vpnenterprise.node;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** One change of an interface's peers. */
public sealed interface PeerChange {

    /** Most changes of one {@link NodeConnection#apply}: about 0.1 s of a userspace device's time. */
    int MAX_BATCH = 1_000;

    /** The peer that is changed. */
    WireGuardKey publicKey();

    /**
     * Adds a peer, or gives an existing one these values.
     *
     * @param presharedKey all zeros for none
     * @param allowedIps the peer's whole list afterwards: addresses in CIDR form, one for each family as a rule
     * @param kbitPerSecond at most so fast in each direction, counted inside the tunnel; empty: as fast as it goes. With a
     *     rate, allowed IPs are single addresses
     */
    record Put(
            WireGuardKey publicKey, WireGuardKey presharedKey, List<String> allowedIps, Optional<Integer> kbitPerSecond)
            implements PeerChange {

        /** Without a rate. */
        public Put(WireGuardKey publicKey, WireGuardKey presharedKey, List<String> allowedIps) {
            this(publicKey, presharedKey, allowedIps, Optional.empty());
        }

        public Put {
            Objects.requireNonNull(publicKey, "publicKey is null");
            Objects.requireNonNull(presharedKey, "presharedKey is null");
            allowedIps = List.copyOf(allowedIps);
        }
    }

    /** Removes a peer; already absent is success. */
    record Remove(WireGuardKey publicKey) implements PeerChange {
        public Remove {
            Objects.requireNonNull(publicKey, "publicKey is null");
        }
    }
}
