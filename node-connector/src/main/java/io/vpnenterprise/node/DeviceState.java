package io.vpnenterprise.node;

import java.util.List;
import java.util.Optional;

/**
 * A device as it describes itself.
 *
 * @param privateKey empty in a device that nobody has configured yet
 * @param listenPort 0 when it listens nowhere
 */
record DeviceState(Optional<WireGuardKey> privateKey, int listenPort, List<PeerState> peers) {

    InterfaceState toInterfaceState(String interfaceName) {
        WireGuardKey key = privateKey.orElseThrow(() -> new NodeException(
                NodeException.Reason.NO_INTERFACE, interfaceName + " is there, but has no private key yet"));
        return new InterfaceState(Curve25519.publicKeyOf(key), listenPort, peers);
    }
}
