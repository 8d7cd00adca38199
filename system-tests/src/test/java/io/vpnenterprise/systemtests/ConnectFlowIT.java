package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The main job with real packets: a stock client takes the downloaded file and reaches, through the tunnel, the host and
 * the internet behind it.
 *
 * <pre>
 *   client ──── host ──── internet
 *     └─ tunnel ─┘
 * </pre>
 *
 * The client has no way to the internet but the tunnel, and the internet none back to the tunnel's addresses: only the
 * host's masquerading can bring an answer.
 */
class ConnectFlowIT {

    private static final int PORT = 51_830;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String INTERNET_IPV4 = "198.51.100.9";
    private static final String INTERNET_IPV6 = "2001:db8:2::9";

    @TempDir
    Path directory;

    private final Cleanup made = new Cleanup();
    private NetworkNamespace host;
    private NetworkNamespace client;
    private NetworkNamespace internet;

    @BeforeAll
    static void requireParts() {
        Parts.requireForRealDevices("wg-quick", "ping", "sshd", "ssh-keygen");
    }

    @BeforeEach
    void layCables() {
        host = made.add(new NetworkNamespace("host"));
        client = made.add(new NetworkNamespace("client"));
        internet = made.add(new NetworkNamespace("net"));
        NetworkNamespace.connect(
                host, List.of("192.0.2.1/24", "2001:db8:1::1/64"), client, List.of("192.0.2.2/24", "2001:db8:1::2/64"));
        NetworkNamespace.connect(
                host,
                List.of("198.51.100.1/24", "2001:db8:2::1/64"),
                internet,
                List.of(INTERNET_IPV4 + "/24", INTERNET_IPV6 + "/64"));
    }

    @AfterEach
    void removeAllThatWasMade() {
        made.close();
    }

    @ParameterizedTest(name = "{0} over {1}")
    @CsvSource({"uapi, 192.0.2.1", "wg, 2001:db8:1::1", "ssh, 192.0.2.1"})
    void carriesAClientToTheInternetUntilItDisconnects(String transport, String endpoint) throws IOException {
        Product product = Product.shared();
        HostedServer server = made.add(
                transport.equals("ssh")
                        ? HostedServer.create(product, host, made.add(new OpenSsh(directory)), endpoint, PORT)
                        : HostedServer.create(product, host, transport, endpoint, PORT));
        MemberDevice device = MemberDevice.add(product.member(), "laptop");

        JsonObject connected = device.connect(server.id).expect(200).data();
        assertThat(server.peersOnHost()).as("when the answer is here").containsOnlyKeys(device.publicKey());
        WgQuick tunnel = up(device.downloadConf(connected.getString("connectionId")));

        // The first address of each pool is the server's.
        assertReaches(serverAddress(connected, 0));
        assertReaches(serverAddress(connected, 1));
        assertReaches(INTERNET_IPV4);
        assertReaches(INTERNET_IPV6);
        assertThat(tunnel.routes(INTERNET_IPV4)).as("no way beside the tunnel").isTrue();
        assertThat(tunnel.routes(INTERNET_IPV6)).as("no way beside the tunnel").isTrue();

        assertPingsEndWithinASecondOf(() -> assertThat(device.member()
                        .post(
                                "/api/vpn/disconnect",
                                Json.createObjectBuilder()
                                        .add("connectionId", connected.getString("connectionId"))
                                        .build())
                        .expect(200)
                        .data()
                        .getBoolean("confirmed"))
                .isTrue());
        assertThat(server.peersOnHost()).isEmpty();

        assertThat(host.hasLink(server.interfaceName)).isTrue();
        assertThat(host.ruleset()).contains("table inet vpne_" + server.interfaceName);
        server.delete();
        assertThat(host.hasLink(server.interfaceName)).isFalse();
        assertThat(host.ruleset()).doesNotContain(server.interfaceName);
        assertThat(NetworkNamespace.socketOf(server.interfaceName)).doesNotExist();
    }

    private WgQuick up(String conf) throws IOException {
        return made.add(new WgQuick(conf));
    }

    /** The stock client with the member's file, which names its interface. */
    private final class WgQuick implements AutoCloseable {

        private final String name = NetworkNamespace.newInterfaceName();
        private final Path file = directory.resolve(name + ".conf");

        private WgQuick(String conf) throws IOException {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, conf);
            wgQuick("up").orFail();
        }

        boolean routes(String address) {
            return client.run("ip", "route", "get", address).orFail().stdout().contains(" dev " + name + " ");
        }

        @Override
        public void close() {
            wgQuick("down").orFail();
        }

        private Program.Ended wgQuick(String verb) {
            return client.run(
                    "env", "WG_QUICK_USERSPACE_IMPLEMENTATION=wireguard-go", "wg-quick", verb, file.toString());
        }
    }

    /** Pings both families ten times a second through the end of the connection, and looks at the last replies. */
    private void assertPingsEndWithinASecondOf(Runnable disconnect) throws IOException {
        Pings ipv4 = made.add(new Pings(INTERNET_IPV4));
        Pings ipv6 = made.add(new Pings(INTERNET_IPV6));
        await().atMost(SOON)
                .until(() -> ipv4.replies().size() > 3 && ipv6.replies().size() > 3);

        disconnect.run();

        Instant answered = Instant.now();
        for (Pings pings : List.of(ipv4, ipv6)) {
            // Twice the time that they may go on, so that a late reply is seen.
            await().atMost(SOON).until(() -> Instant.now().isAfter(answered.plusSeconds(2)));
            assertThat(pings.lastReply()).as("last reply of " + pings.address).isBefore(answered.plusSeconds(1));
            assertThat(pings.process.isAlive()).as("still pinging").isTrue();
            assertThat(ping(pings.address).succeeded()).isFalse();
        }
    }

    private final class Pings implements AutoCloseable {

        /** What {@code ping -D} prints for each reply: its time in seconds since 1970. */
        private static final Pattern REPLY =
                Pattern.compile("^\\[(\\d+)\\.(\\d{6})\\] .* icmp_seq=", Pattern.MULTILINE);

        private final String address;
        private final Path output;
        private final Process process;

        private Pings(String address) throws IOException {
            this.address = address;
            this.output = Files.createTempFile(directory, "ping", ".out");
            this.process = new ProcessBuilder(client.inside("ping", "-n", "-D", "-i", "0.1", "-w", "120", address))
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        }

        List<Instant> replies() throws IOException {
            List<Instant> replies = new ArrayList<>();
            Matcher reply = REPLY.matcher(Files.readString(output));
            while (reply.find()) {
                replies.add(Instant.ofEpochSecond(
                        Long.parseLong(reply.group(1)), TimeUnit.MICROSECONDS.toNanos(Long.parseLong(reply.group(2)))));
            }
            return replies;
        }

        Instant lastReply() throws IOException {
            List<Instant> replies = replies();
            return replies.get(replies.size() - 1);
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    private void assertReaches(String address) {
        await().atMost(SOON).untilAsserted(() -> assertThat(ping(address).succeeded())
                .as("ping " + address)
                .isTrue());
    }

    private Program.Ended ping(String address) {
        return client.run("ping", "-n", "-c", "1", "-W", "1", address);
    }

    /** The server's end of the tunnel, next to the client's own address in the same pool. */
    private static String serverAddress(JsonObject connected, int family) {
        String own = connected.getJsonArray("addresses").getString(family);
        // A new server's first member has host number 2.
        assertThat(own).matches(".*[.:]2/(32|128)");
        return own.replaceFirst("2/(32|128)$", "1");
    }
}
