package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** A user's machine, with a stock WireGuard client, on a cable to the host. */
final class TunnelClient implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Namespace machine = new Namespace();
    private final String tunnel = Namespace.newInterfaceName();

    TunnelClient(Namespace host) {
        Namespace.connect(host, List.of("192.0.2.1/24"), machine, List.of("192.0.2.2/24"));
    }

    /** Starts the tunnel; returns the peer that the host is to have. */
    PeerChange.Put configure(WireGuardKey serverKey, int port) {
        WireGuardKey clientKey = Keys.random();
        WireGuardKey presharedKey = Keys.random();
        machine.inside("wireguard-go", tunnel).orRefused();
        String configuration = "[Interface]\nPrivateKey = " + clientKey.base64()
                + "\n[Peer]\nPublicKey = " + serverKey.base64()
                + "\nPresharedKey = " + presharedKey.base64()
                + "\nAllowedIPs = 0.0.0.0/0, ::/0\nEndpoint = 192.0.2.1:" + port + "\n";
        machine.insideWithInput(configuration, "wg", "setconf", tunnel, "/dev/stdin")
                .orRefused();
        machine.addressAndUp(tunnel, List.of("10.8.0.2/32", "fd00:8::2/128"));
        for (String network : List.of("198.51.100.0/24", "2001:db8::/64", "10.8.0.1/32")) {
            machine.inside("ip", "route", "add", network, "dev", tunnel).orRefused();
        }
        return new PeerChange.Put(
                Curve25519.publicKeyOf(clientKey), presharedKey, List.of("10.8.0.2/32", "fd00:8::2/128"));
    }

    void assertReaches(String address) {
        await().atMost(SOON).untilAsserted(() -> assertThat(
                        machine.inside("ping", "-c", "1", "-W", "2", address).exitCode())
                .as("ping " + address)
                .isZero());
    }

    @Override
    public void close() {
        machine.inside("ip", "link", "del", "dev", tunnel);
        await().atMost(SOON).until(() -> !Files.exists(HostNodeContract.socket(tunnel)));
        machine.close();
    }
}
