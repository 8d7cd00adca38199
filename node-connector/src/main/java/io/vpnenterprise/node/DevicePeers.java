package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.util.Optional;

/**
 * A device, and what its peers are.
 *
 * @param publicKey empty in a device that nobody has configured yet
 */
record DevicePeers(Optional<WireGuardKey> publicKey, int listenPort, PeerTable peers) {

    static DevicePeers of(Optional<WireGuardKey> privateKey, int listenPort, PeerTable peers) {
        return new DevicePeers(privateKey.map(Curve25519::publicKeyOf), listenPort, peers);
    }

    static DevicePeers of(InterfaceState state) {
        return new DevicePeers(Optional.of(state.publicKey()), state.listenPort(), PeerTable.of(state.peers()));
    }

    InterfaceDigest digest(String interfaceName) {
        WireGuardKey key = publicKey.orElseThrow(
                () -> new NodeException(Reason.NO_INTERFACE, interfaceName + " is there, but has no private key yet"));
        return new InterfaceDigest(key, listenPort, peers.digests());
    }
}
