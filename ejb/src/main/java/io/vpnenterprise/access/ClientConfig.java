package io.vpnenterprise.access;

import io.vpnenterprise.fleet.ServerCandidate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a WireGuard client needs to use a connection, in the words of wg(8) and wg-quick(8).
 *
 * @param privateKey empty when only the member has it: the file then holds {@link #PLACEHOLDER}
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
        String presharedKey,
        List<String> allowedIps,
        int persistentKeepaliveSeconds,
        boolean simulated) {

    /** Stands where the private key belongs; no client takes it for one. */
    public static final String PLACEHOLDER = "PUT-YOUR-PRIVATE-KEY-HERE";

    /** The whole of both families: nothing leaves beside the tunnel. */
    private static final List<String> EVERYTHING = List.of("0.0.0.0/0", "::/0");

    /** Keeps most address translators' entries alive (wg(8)). */
    private static final int KEEPALIVE_SECONDS = 25;

    /** The other end. */
    public record Server(UUID id, String name, String region, String publicKey, String endpoint) {}

    static ClientConfig of(
            Device device,
            Peer peer,
            ServerCandidate server,
            String presharedKey,
            Optional<String> privateKey,
            List<String> dns) {
        return new ClientConfig(
                peer.id(),
                device.id(),
                device.name(),
                new Server(server.id(), server.name(), server.region(), server.publicKey(), server.endpoint()),
                privateKey,
                peer.allowedIps(),
                dns,
                io.vpnenterprise.fleet.Server.MTU,
                presharedKey,
                EVERYTHING,
                KEEPALIVE_SECONDS,
                server.simulated());
    }

    /** The file that {@code wg-quick up} takes. */
    public String conf() {
        StringBuilder conf = new StringBuilder();
        if (simulated) {
            conf.append("# SIMULATED: there is no real server behind this configuration.\n");
        }
        conf.append("[Interface]\n")
                .append("PrivateKey = ")
                .append(privateKey.orElse(PLACEHOLDER))
                .append("\nAddress = ")
                .append(String.join(", ", addresses))
                .append('\n');
        if (!dns.isEmpty()) {
            conf.append("DNS = ").append(String.join(", ", dns)).append('\n');
        }
        return conf.append("MTU = ")
                .append(mtu)
                .append("\n\n[Peer]\nPublicKey = ")
                .append(server.publicKey())
                .append("\nPresharedKey = ")
                .append(presharedKey)
                .append("\nAllowedIPs = ")
                .append(String.join(", ", allowedIps))
                .append("\nEndpoint = ")
                .append(server.endpoint())
                .append("\nPersistentKeepalive = ")
                .append(persistentKeepaliveSeconds)
                .append('\n')
                .toString();
    }

    @Override
    public String toString() {
        return "ClientConfig[" + connectionId + ", ***]";
    }
}
