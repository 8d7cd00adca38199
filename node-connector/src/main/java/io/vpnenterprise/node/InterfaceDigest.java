package io.vpnenterprise.node;

import java.util.List;

/**
 * An interface as the host has it, its peers only by what they amount to.
 *
 * @param publicKey the device's own
 * @param listenPort UDP
 * @param ranges {@link RangeDigest#RANGES} of them, by the first byte of the peers' keys
 */
public record InterfaceDigest(WireGuardKey publicKey, int listenPort, List<RangeDigest> ranges) {
    public InterfaceDigest {
        ranges = List.copyOf(ranges);
    }
}
