package io.vpnenterprise.access;

import io.vpnenterprise.fleet.AddressBlock;
import io.vpnenterprise.fleet.ServerCandidate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a WireGuard client needs to use a connection, in the words of wg(8) and wg-quick(8). {@code access.client} fits it
 * to a client and writes it down.
 *
 * @param privateKey empty when only the member has it
 * @param presharedKey empty when the peer has none
 * @param simulated whether there is no real device behind the server
 */
public record ClientConfig(
        UUID connectionId,
        UUID deviceId,
        String deviceName,
        Server server,
        Optional<String> privateKey,
        List<String> addresses,
        List<String> dns,
        int mtu,
        Optional<String> presharedKey,
        List<String> allowedIps,
        int persistentKeepaliveSeconds,
        boolean simulated) {

    /** The whole of both families: nothing leaves beside the tunnel. */
    private static final List<String> EVERYTHING = List.of("0.0.0.0/0", "::/0");

    /** Keeps most address translators' entries alive (wg(8)). */
    private static final int KEEPALIVE_SECONDS = 25;

    /**
     * The other end.
     *
     * @param endpoint host and port; an IPv6 address in brackets
     * @param addresses its own inside the tunnel, without prefixes
     */
    public record Server(
            UUID id, String name, String region, String publicKey, String endpoint, List<String> addresses) {}

    static ClientConfig of(
            Device device,
            Peer peer,
            ServerCandidate server,
            Optional<String> presharedKey,
            Optional<String> privateKey,
            List<String> dns) {
        return new ClientConfig(
                peer.id(),
                device.id(),
                device.name(),
                new Server(
                        server.id(),
                        server.name(),
                        server.region(),
                        server.publicKey(),
                        server.endpoint(),
                        addressesOf(server)),
                privateKey,
                peer.addresses(),
                dns,
                server.mtu(),
                presharedKey,
                EVERYTHING,
                KEEPALIVE_SECONDS,
                server.simulated());
    }

    /** The same, fitted to a client. */
    public ClientConfig with(int differentMtu, List<String> differentDns, List<String> differentAllowedIps) {
        return new ClientConfig(
                connectionId,
                deviceId,
                deviceName,
                server,
                privateKey,
                addresses,
                differentDns,
                differentMtu,
                presharedKey,
                differentAllowedIps,
                persistentKeepaliveSeconds,
                simulated);
    }

    /** The same, its server reached at another endpoint. */
    public ClientConfig at(String endpoint) {
        return new ClientConfig(
                connectionId,
                deviceId,
                deviceName,
                new Server(
                        server.id(), server.name(), server.region(), server.publicKey(), endpoint, server.addresses()),
                privateKey,
                addresses,
                dns,
                mtu,
                presharedKey,
                allowedIps,
                persistentKeepaliveSeconds,
                simulated);
    }

    /** The first of each pool, as the host gives them to the interface. */
    private static List<String> addressesOf(ServerCandidate server) {
        return List.of(
                AddressBlock.parse(server.ipv4Pool()).address(1),
                AddressBlock.parse(server.ipv6Pool()).address(1));
    }

    @Override
    public String toString() {
        return "ClientConfig[" + connectionId + ", ***]";
    }
}
