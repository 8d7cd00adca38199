package io.vpnenterprise.node;

import java.util.List;

/**
 * An interface as the host has it.
 *
 * @param publicKey the device's own
 * @param listenPort UDP
 */
public record InterfaceState(WireGuardKey publicKey, int listenPort, List<PeerState> peers) {
    public InterfaceState {
        peers = List.copyOf(peers);
    }
}
