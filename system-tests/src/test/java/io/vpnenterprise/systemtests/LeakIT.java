package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What leaves a member's machine beside the tunnel while its kill switch is loaded: nothing but what the kill switch says,
 * through connect, the server's death, another server, other name servers, both families, and the end. And what the server
 * still decrypts after a disconnect was answered.
 *
 * <pre>
 *            ┌─ first ──┐
 *   client ──┤          ├── internet
 *            └─ second ─┘
 * </pre>
 *
 * The client has a way to the internet beside the tunnel, by which it pings and asks name servers all the time: without the
 * kill switch the same captures are full.
 */
class LeakIT {

    private static final int FIRST_PORT = 51_861;
    private static final int SECOND_PORT = 51_862;
    private static final String FIRST = "192.0.2.1";
    private static final String SECOND = "2001:db8:3::1";
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Long enough for tens of packets of each kind of {@link #chatter}. */
    private static final Duration A_WHILE = Duration.ofMillis(1_000);

    private static final String INTERNET_IPV4 = "198.51.100.9";
    private static final String INTERNET_IPV6 = "2001:db8:2::9";

    /** Name servers of the levels "maximum" and "high". */
    private static final List<String> NAME_SERVERS = List.of("9.9.9.9", "1.1.1.1", "2620:fe::fe");

    private static final String TUNNEL = "(dst host %s and udp dst port %d) or (dst host %s and udp dst port %d)"
            .formatted(FIRST, FIRST_PORT, SECOND, SECOND_PORT);

    /** The list that the kill switch declares: the tunnel itself, ARP, DHCP, neighbour discovery with its multicast reports. */
    private static final String DECLARED = TUNNEL
            + " or arp or (udp src port 68 and dst port 67) or (udp src port 546 and dst port 547)"
            + " or (icmp6 and (ip6[40] == 133 or ip6[40] == 135 or ip6[40] == 136))"
            + " or (ip6[6] == 0 and ip6[40] == 58 and ip6[48] == 143)";

    private static final String LEAKS = "not (" + DECLARED + ")";

    @TempDir
    Path directory;

    private final Cleanup made = new Cleanup();
    private final Product product = Product.shared();
    private final String tunnel = NetworkNamespace.newInterfaceName();
    private NetworkNamespace first;
    private NetworkNamespace second;
    private NetworkNamespace client;
    private List<Capture> underlay;
    private MemberDevice device;

    @BeforeAll
    static void requireParts() {
        Parts.requireForRealDevices("wg-quick", "ping", "tcpdump", "bash");
    }

    @BeforeEach
    void layCables() throws IOException {
        NetworkNamespace internet = made.add(new NetworkNamespace("net"));
        first = made.add(new NetworkNamespace("first"));
        second = made.add(new NetworkNamespace("second"));
        client = made.add(new NetworkNamespace("client"));
        NetworkNamespace.connect(
                first, List.of(FIRST + "/24", "2001:db8:1::1/64"), client, List.of("192.0.2.2/24", "2001:db8:1::2/64"));
        NetworkNamespace.connect(
                second, List.of("192.0.3.1/24", SECOND + "/64"), client, List.of("192.0.3.2/24", "2001:db8:3::2/64"));
        NetworkNamespace.connect(
                first, List.of("10.1.0.1/24", "fd00:1::1/64"), internet, List.of("10.1.0.9/24", "fd00:1::9/64"));
        NetworkNamespace.connect(
                second, List.of("10.2.0.1/24", "fd00:2::1/64"), internet, List.of("10.2.0.9/24", "fd00:2::9/64"));
        Stream.concat(Stream.of(INTERNET_IPV4, INTERNET_IPV6), NAME_SERVERS.stream())
                .forEach(address -> internet.run("ip", "address", "add", address, "dev", "lo")
                        .orFail());
        route(first, "10.1.0.9", "fd00:1::9");
        route(second, "10.2.0.9", "fd00:2::9");
        route(client, FIRST, "2001:db8:1::1");
        underlay = List.of(
                made.add(new Capture(client, client.linkOf("192.0.2.2"), "out", directory)),
                made.add(new Capture(client, client.linkOf("192.0.3.2"), "out", directory)));
        device = MemberDevice.add(product.member(), "laptop");
    }

    private static void route(NetworkNamespace from, String ipv4, String ipv6) {
        from.run("ip", "route", "add", "default", "via", ipv4).orFail();
        from.run("ip", "-6", "route", "add", "default", "via", ipv6).orFail();
    }

    @AfterEach
    void removeAllThatWasMade() {
        made.close();
    }

    @Test
    void nothingLeavesBesideTheTunnelWhateverHappensToIt() throws IOException {
        HostedServer firstServer = made.add(HostedServer.create(product, first, "uapi", FIRST, FIRST_PORT));
        HostedServer secondServer = made.add(HostedServer.create(product, second, "uapi", SECOND, SECOND_PORT));
        JsonObject connected = device.connect(firstServer.id).expect(200).data();
        String connection = connected.getString("connectionId");
        loadKillSwitch(connection);
        chatter();
        assertNoLeaks("before the tunnel");

        WgQuick up = made.add(new WgQuick(conf(connection, "")));
        assertReaches(INTERNET_IPV4, INTERNET_IPV6);
        assertNoLeaks("connected");

        firstServer.device().destroyForcibly();
        assertNoLeaks("while the server is dead");
        assertReaches(INTERNET_IPV4, INTERNET_IPV6);
        assertNoLeaks("when the server is back");

        up.down();
        assertNoLeaks("while the tunnel is down");
        String other = conf(connection, "?dns=maximum");
        assertThat(other).contains("DNS = 9.9.9.9, 149.112.112.112, 2620:fe::fe");
        up = made.add(new WgQuick(other));
        assertReaches("9.9.9.9", "2620:fe::fe");
        assertNoLeaks("with other name servers");

        closeByWgQuick();
        connection = device.connect(secondServer.id).expect(200).data().getString("connectionId");
        assertNoLeaks("while the peer is elsewhere");
        up.down();
        up = made.add(new WgQuick(conf(connection, "")));
        assertThat(client.ruleset()).contains(SECOND).doesNotContain(FIRST + " udp");
        assertReaches(INTERNET_IPV4, INTERNET_IPV6);
        assertNoLeaks("on another server, by IPv6");

        assertDecryptsNothingASecondAfterTheDisconnect(secondServer);
        assertNoLeaks("disconnected");
        up.down();
        assertThat(client.ruleset()).as("nothing but a hand opens it").contains("table inet vpn_kill_switch");
        assertNoLeaks("and down");

        // Both captures saw the tunnel's own packets: they were not deaf.
        assertThat(underlay)
                .allSatisfy(capture -> assertThat(capture.packets(TUNNEL)).hasSizeGreaterThan(20));
    }

    @Test
    void withoutTheKillSwitchTheSameCaptureSeesLeaksOfEachKind() throws IOException {
        HostedServer server = made.add(HostedServer.create(product, first, "uapi", FIRST, FIRST_PORT));
        String connection = device.connect(server.id).expect(200).data().getString("connectionId");
        WgQuick up = made.add(new WgQuick(conf(connection, "")));
        chatter();
        assertReaches(INTERNET_IPV4, INTERNET_IPV6);

        up.down();

        for (String kind : List.of(
                "dst host " + INTERNET_IPV4,
                "dst host " + INTERNET_IPV6,
                "dst host 9.9.9.9 and udp dst port 53",
                "dst host 2620:fe::fe and udp dst port 53")) {
            await("leaks: " + kind)
                    .atMost(SOON)
                    .until(() -> underlay.get(0)
                                    .packets("(" + LEAKS + ") and (" + kind + ")")
                                    .size()
                            > 3);
        }
    }

    /** Looked at where they come out of the tunnel, ten and more a second until then. */
    private void assertDecryptsNothingASecondAfterTheDisconnect(HostedServer server) {
        Capture decrypted = made.add(new Capture(second, server.interfaceName, "in", directory));
        String any = "ip or ip6";
        await("packets through the tunnel")
                .atMost(SOON)
                .until(() -> decrypted.packets(any).size() > 20);

        device.disconnect().expect(200);

        Instant answered = Instant.now();
        // Twice the time that they may go on, so that a late one is seen.
        await().atMost(SOON).until(() -> Instant.now().isAfter(answered.plusSeconds(2)));
        Instant last = decrypted.last(any);
        System.out.println("LeakIT: last packet decrypted "
                + Duration.between(answered, last).toMillis() + " ms after the disconnect was answered");
        assertThat(last).isBefore(answered.plusSeconds(1));
        assertThat(last).as("there were packets until the end").isAfter(answered.minusSeconds(1));
    }

    private void loadKillSwitch(String connection) throws IOException {
        String ruleset = device.member()
                .get("/api/vpn/connections/" + connection + "/kill-switch?format=nft&interface=" + tunnel)
                .expect(200)
                .text();
        Path file = Files.writeString(directory.resolve("vpn-kill-switch.nft"), ruleset);
        client.run("nft", "-f", file.toString()).orFail();
    }

    /** From now on the file itself brings the kill switch. */
    private void closeByWgQuick() {
        device.member()
                .send(
                        "PUT",
                        "/api/vpn/devices/" + device.id() + "/settings",
                        "{\"platform\":\"linux\",\"killSwitch\":true}")
                .expect(200);
    }

    private String conf(String connection, String query) {
        return device.member()
                .withHeader("Key-Ticket", device.ticket())
                .get("/api/vpn/connections/" + connection + "/config" + query)
                .expect(200)
                .text();
    }

    /** Pings of both families and questions to name servers, all the time, until the end. */
    private void chatter() throws IOException {
        for (String address : List.of(INTERNET_IPV4, INTERNET_IPV6)) {
            inBackground("ping", "-n", "-i", "0.1", "-w", "300", address);
        }
        inBackground(
                "bash",
                "-c",
                "while :; do for server; do echo leak > /dev/udp/$server/53; done; sleep 0.1; done",
                "bash",
                NAME_SERVERS.get(0),
                NAME_SERVERS.get(1),
                NAME_SERVERS.get(2));
    }

    private void inBackground(String... argv) throws IOException {
        Process process = new ProcessBuilder(client.inside(argv))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(new File("/dev/null"))
                .redirectError(new File("/dev/null"))
                .start();
        made.add(() -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        });
    }

    private void assertNoLeaks(String when) {
        Instant until = Instant.now().plus(A_WHILE);
        await().pollDelay(A_WHILE).atMost(SOON).until(() -> Instant.now().isAfter(until));
        assertThat(underlay).as("beside the tunnel, " + when).allSatisfy(capture -> assertThat(capture.packets(LEAKS))
                .isEmpty());
    }

    private void assertReaches(String... addresses) {
        for (String address : addresses) {
            await(address + " through the tunnel").atMost(SOON).until(() -> client.run(
                            "ping", "-n", "-c", "1", "-W", "1", "-I", tunnel, address)
                    .succeeded());
        }
    }

    /** The stock client with a file of the member's. */
    private final class WgQuick implements AutoCloseable {

        private final Path file = directory.resolve(tunnel + ".conf");
        private boolean up;

        private WgQuick(String conf) throws IOException {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            // The namespace has no resolver of its own that wg-quick could tell; the questions go where they would go.
            Files.writeString(file, conf.replaceAll("(?m)^DNS = .*\n", ""));
            wgQuick("up");
            up = true;
        }

        void down() {
            wgQuick("down");
            up = false;
        }

        @Override
        public void close() {
            if (up) {
                down();
            }
        }

        private void wgQuick(String verb) {
            client.run("env", "WG_QUICK_USERSPACE_IMPLEMENTATION=wireguard-go", "wg-quick", verb, file.toString())
                    .orFail();
        }
    }
}
