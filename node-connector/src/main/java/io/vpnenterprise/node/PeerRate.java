package io.vpnenterprise.node;

import java.util.List;

/**
 * How fast a peer may be, as its host holds it.
 *
 * @param allowedIps the addresses that it is held for, in CIDR form, sorted as text
 * @param kbitPerSecond in each direction; 0 when the host does not hold it in both, or not to the same
 */
public record PeerRate(List<String> allowedIps, int kbitPerSecond) {
    public PeerRate {
        allowedIps = List.copyOf(allowedIps);
    }
}
