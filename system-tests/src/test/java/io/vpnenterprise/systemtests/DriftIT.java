package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.node.PeerChange;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host with many peers drifts from the database and is brought back, and whoever was right does not notice: twenty of them
 * have tunnels with traffic all the while. {@code -Ddrift.peers=50000} for the long form.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DriftIT {

    private static final int PEERS = Integer.getInteger("drift.peers", 5_000);
    private static final int LIVE = 20;

    /** Rows that lose their digests: an upgrade makes them again before it compares. */
    private static final int SOME = 3_000;

    private static final int PORT = 51_840;

    /** The default of vpn.access.foreign-peer-cap. */
    private static final int FOREIGN_PEER_CAP = 100;

    private static final Duration REPAIRED = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final long SEED = Long.getLong("drift.seed", System.nanoTime());
    private static final Random RANDOM = new Random(SEED);
    private static final Cleanup MADE = new Cleanup();

    private static Api admin;
    private static NetworkNamespace host;
    private static HostedServer server;
    private static Map<String, HostedServer.Peer> right;
    private static List<Tunnel> live;

    @TempDir
    static Path directory;

    /** Of a peer on the host: what only its own traffic may change. */
    private record Use(String endpoint, long handshake, long received, long sent) {}

    @BeforeAll
    static void fillAServer() throws SQLException, IOException {
        Parts.requireForRealDevices("ping");
        System.out.println("DriftIT: -Ddrift.seed=" + SEED);
        Product product = Product.shared();
        admin = product.admin();
        host = MADE.add(new NetworkNamespace("drift"));
        NetworkNamespace members = MADE.add(new NetworkNamespace("members"));
        NetworkNamespace.connect(host, List.of("192.0.2.1/24"), members, List.of("192.0.2.2/24"));
        server = MADE.add(HostedServer.create(product, host, PORT, PEERS + 1_000));
        live = new ArrayList<>();
        List<BenchDevice> devices = new ArrayList<>();
        UUID user = UUID.fromString(
                product.member().get("/api/auth/me").expect(200).data().getString("id"));
        for (int i = 0; i < LIVE; i++) {
            live.add(MADE.add(new Tunnel(members)));
            devices.add(new BenchDevice(UUID.randomUUID(), user, live.get(i).publicKey));
        }
        devices.addAll(BenchDevice.make(PEERS - LIVE, List.of(user), RANDOM));
        long began = System.nanoTime();
        List<PeerChange.Put> puts = FleetPeers.insert(product.database(), server.id, devices, RANDOM);
        System.out.println("DriftIT: " + PEERS + " rows in " + seconds(began) + " s");
        right = new HashMap<>();
        puts.forEach(put -> right.put(
                put.publicKey().base64(),
                new HostedServer.Peer(
                        put.publicKey().base64(), put.presharedKey().base64(), new HashSet<>(put.allowedIps()))));
        began = System.nanoTime();
        reconcile();
        await("all peers").atMost(SOON).until(() -> server.peersOnHost().equals(right));
        System.out.println("DriftIT: an empty device has them all after " + seconds(began) + " s");
        for (int i = 0; i < LIVE; i++) {
            live.get(i).begin(puts.get(i));
        }
    }

    @AfterAll
    static void removeAllThatWasMade() throws SQLException {
        if (server != null) {
            // Each would end by itself, with an event of its own, and a request does not wait for so many.
            try (Connection sql = Product.shared().database().connect()) {
                BareLoop.execute(
                        sql, "UPDATE connections SET disconnected_at = now() WHERE server_id = ?::uuid", server.id);
                BareLoop.execute(sql, "DELETE FROM peers WHERE server_id = ?::uuid", server.id);
            }
        }
        MADE.close();
    }

    @Test
    @Order(1)
    void isProvedEqualWithoutTouchingAnything() {
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long began = System.nanoTime();
            reconcile();
            fastest = Math.min(fastest, System.nanoTime() - began);
        }
        System.out.println("DriftIT: a comparison without a difference takes " + fastest / 1_000_000 + " ms");

        JsonObject state = state();
        assertThat(state.getInt("desiredPeers")).isEqualTo(PEERS);
        assertThat(state.getInt("underWay")).isZero();
        assertThat(state.getInt("foreignPeers")).isZero();
        assertThat(state.getString("digest")).matches("[0-9a-f]{32}");
        assertThat(state.getJsonNumber("provedGeneration")).isEqualTo(state.getJsonNumber("desiredGeneration"));
    }

    @Test
    @Order(2)
    void repairsOnePercentOfDriftAndLeavesLiveTunnelsAlone() throws IOException {
        int each = Math.max(4, PEERS / 100 / 4);
        List<HostedServer.Peer> others = new ArrayList<>(right.values());
        others.removeIf(peer -> live.stream().anyMatch(tunnel -> tunnel.publicKey.equals(peer.publicKey())));
        Collections.shuffle(others, RANDOM);
        Map<String, Use> before = uses();

        StringBuilder configuration = new StringBuilder();
        List<String> removals = new ArrayList<>(List.of("wg", "set", server.interfaceName));
        int foreign = Math.min(each, FOREIGN_PEER_CAP);
        for (int i = 0; i < each; i++) {
            removals.addAll(List.of("peer", others.get(i).publicKey(), "remove"));
            configuration.append(
                    peer(others.get(each + i).publicKey(), HostedServer.newPublicKey(), others.get(each + i)));
            // Takes what another one has, too.
            configuration.append(peer(
                    others.get(2 * each + i).publicKey(),
                    others.get(2 * each + i).presharedKey(),
                    others.get(3 * each + i)));
        }
        for (int i = 0; i < foreign; i++) {
            configuration.append(
                    peer(HostedServer.newPublicKey(), HostedServer.newPublicKey(), others.get(4 * each + i)));
        }
        host.run(removals.toArray(String[]::new)).orFail();
        Path file = Files.writeString(directory.resolve("drift.conf"), configuration);
        long began = System.nanoTime();
        host.run("wg", "addconf", server.interfaceName, file.toString()).orFail();
        assertThat(server.peersOnHost()).isNotEqualTo(right);

        await("repaired, -Ddrift.seed=" + SEED)
                .pollInterval(Duration.ofMillis(200))
                .atMost(REPAIRED)
                .until(() -> server.peersOnHost().equals(right));
        System.out.println("DriftIT: " + (3 * each + foreign) + " of " + PEERS + " altered by hand, repaired after "
                + seconds(began) + " s");

        Map<String, Use> after = uses();
        for (Tunnel tunnel : live) {
            Use was = before.get(tunnel.publicKey);
            Use is = after.get(tunnel.publicKey);
            assertThat(is.handshake()).as("handshake").isEqualTo(was.handshake());
            assertThat(is.endpoint()).isEqualTo(was.endpoint());
            assertThat(is.received()).as("received").isGreaterThan(was.received());
            assertThat(is.sent()).as("sent").isGreaterThan(was.sent());
            assertThat(tunnel.isAlive()).isTrue();
        }
        await("said").atMost(SOON).until(() -> state().getJsonObject("lastRepair") != null);
        assertThat(reconcile().getJsonNumber("provedGeneration")).isEqualTo(state().getJsonNumber("desiredGeneration"));
    }

    @Test
    @Order(3)
    void countsAGenerationForEachChangeOfWhatIsWanted() {
        long before = reconcile().getJsonNumber("desiredGeneration").longValue();
        MemberDevice device = MemberDevice.add(Product.shared().member(), "drifting");

        device.connect(server.id).expect(200);
        JsonObject connected = reconcile();
        assertThat(connected.getJsonNumber("desiredGeneration").longValue()).isEqualTo(before + 1);
        assertThat(connected.getJsonNumber("provedGeneration").longValue()).isEqualTo(before + 1);
        assertThat(connected.getInt("desiredPeers")).isEqualTo(PEERS + 1);

        device.disconnect().expect(200);
        JsonObject disconnected = reconcile();
        assertThat(disconnected.getJsonNumber("provedGeneration").longValue()).isEqualTo(before + 2);
        assertThat(disconnected.getInt("desiredPeers")).isEqualTo(PEERS);
    }

    /** What an older version, an import or a hand in the database left without a digest. */
    @Test
    @Order(4)
    void makesDigestsOfRowsThatHaveNone() throws SQLException {
        try (Connection sql = Product.shared().database().connect()) {
            BareLoop.execute(
                    sql,
                    "UPDATE peers SET digest_high = NULL, digest_low = NULL, ipv4 = ipv4 WHERE server_id = ?::uuid AND host < ?",
                    server.id,
                    SOME);
            BareLoop.execute(
                    sql,
                    "INSERT INTO desired_changes (server_id, changes) SELECT ?::uuid, 1 FROM generate_series(1, 200)",
                    server.id);
            JsonObject repaired = state().getJsonObject("lastRepair");

            JsonObject state = reconcile();

            assertThat(state.getJsonNumber("provedGeneration")).isEqualTo(state.getJsonNumber("desiredGeneration"));
            assertThat(state.getJsonObject("lastRepair")).isEqualTo(repaired);
            assertThat(BareLoop.execute(
                            sql, "SELECT 1 FROM peers WHERE server_id = ?::uuid AND digest_high IS NULL", server.id))
                    .isZero();
            assertThat(BareLoop.execute(sql, "SELECT 1 FROM desired_changes WHERE server_id = ?::uuid", server.id))
                    .as("added up")
                    .isLessThan(100);
        }
    }

    @Test
    @Order(5)
    void leavesManyForeignPeersToAnAdminsWord() throws SQLException, IOException {
        int foreign = FOREIGN_PEER_CAP + 1;
        StringBuilder configuration = new StringBuilder();
        for (int i = 0; i < foreign; i++) {
            configuration
                    .append("[Peer]\nPublicKey = ")
                    .append(HostedServer.newPublicKey())
                    .append('\n');
        }
        Path file = Files.writeString(directory.resolve("foreign.conf"), configuration);
        host.run("wg", "addconf", server.interfaceName, file.toString()).orFail();

        assertThat(reconcile().getInt("foreignPeers")).isEqualTo(foreign);
        assertThat(reconcile().getInt("foreignPeers")).isEqualTo(foreign);
        assertThat(server.peersOnHost()).hasSize(PEERS + foreign);
        await("told once").atMost(SOON).untilAsserted(() -> assertThat(told()).isEqualTo(1));

        admin.post(path("foreign-peers"), "{\"action\":\"remove\",\"expected\":" + FOREIGN_PEER_CAP + "}")
                .expect(409);
        assertThat(server.peersOnHost()).hasSize(PEERS + foreign);
        JsonObject state = admin.post(path("foreign-peers"), "{\"action\":\"remove\",\"expected\":" + foreign + "}")
                .expect(200)
                .data();

        assertThat(state.getInt("foreignPeers")).isZero();
        assertThat(state.getJsonObject("lastRepair").getInt("foreign")).isEqualTo(foreign);
        assertThat(server.peersOnHost()).isEqualTo(right);
    }

    private static int told() throws SQLException {
        try (Connection sql = Product.shared().database().connect();
                PreparedStatement count = sql.prepareStatement("""
                        SELECT count(*) FROM audit_entries
                        WHERE action = 'server.foreign-peers-found' AND target_id = ?""")) {
            count.setString(1, server.id);
            ResultSet row = count.executeQuery();
            row.next();
            return row.getInt(1);
        }
    }

    private static JsonObject reconcile() {
        return admin.post(path("reconcile"), "").expect(200).data();
    }

    private static JsonObject state() {
        return admin.get(path("state")).expect(200).data();
    }

    private static String path(String what) {
        return "/api/vpn/servers/" + server.id + "/" + what;
    }

    private static String peer(String publicKey, String presharedKey, HostedServer.Peer addresses) {
        return "[Peer]\nPublicKey = " + publicKey + "\nPresharedKey = " + presharedKey + "\nAllowedIPs = "
                + String.join(", ", addresses.allowedIps()) + "\n";
    }

    private static Map<String, Use> uses() {
        Map<String, Use> uses = new HashMap<>();
        host.run("wg", "show", server.interfaceName, "dump")
                .orFail()
                .stdout()
                .lines()
                .skip(1)
                .map(line -> line.split("\t"))
                .forEach(column -> uses.put(
                        column[0],
                        new Use(
                                column[2],
                                Long.parseLong(column[4]),
                                Long.parseLong(column[5]),
                                Long.parseLong(column[6]))));
        return uses;
    }

    private static String seconds(long began) {
        return String.format("%.1f", (System.nanoTime() - began) / 1e9);
    }

    /** A member's tunnel, with a ping every 0.2 s. The link goes with its namespace. */
    private static final class Tunnel implements AutoCloseable {

        private final NetworkNamespace members;
        private final String link = NetworkNamespace.newInterfaceName();
        private final String publicKey;
        private Process ping;

        private Tunnel(NetworkNamespace members) throws IOException {
            this.members = members;
            members.run("wireguard-go", link).orFail();
            String privateKey = Program.run("wg", "genkey").orFail().stdout();
            Path file = Files.writeString(directory.resolve(link + ".key"), privateKey);
            members.run("wg", "set", link, "private-key", file.toString()).orFail();
            publicKey = members.run("wg", "show", link, "public-key")
                    .orFail()
                    .stdout()
                    .strip();
        }

        void begin(PeerChange.Put peer) throws IOException {
            Path configuration = Files.writeString(
                    directory.resolve(link + ".conf"),
                    "[Peer]\nPublicKey = " + serverKey() + "\nPresharedKey = "
                            + peer.presharedKey().base64() + "\nAllowedIPs = 0.0.0.0/0\nEndpoint = 192.0.2.1:" + PORT
                            + "\n");
            members.run("wg", "addconf", link, configuration.toString()).orFail();
            members.run("ip", "address", "add", peer.allowedIps().get(0), "dev", link)
                    .orFail();
            members.run("ip", "link", "set", "dev", link, "up").orFail();
            String serverAddress = serverAddress();
            await("a tunnel").atMost(SOON).until(() -> members.run(
                            "ping", "-c", "1", "-W", "1", "-I", link, serverAddress)
                    .succeeded());
            ping = new ProcessBuilder(members.inside("ping", "-q", "-i", "0.2", "-I", link, serverAddress))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }

        boolean isAlive() {
            return ping.isAlive();
        }

        @Override
        public void close() {
            if (ping != null) {
                ping.descendants().forEach(ProcessHandle::destroyForcibly);
                ping.destroyForcibly();
            }
        }

        private static String serverKey() {
            return admin.get("/api/vpn/servers/" + server.id).expect(200).data().getString("publicKey");
        }

        private static String serverAddress() {
            String address = host.run("ip", "-4", "-o", "address", "show", "dev", server.interfaceName)
                    .orFail()
                    .stdout();
            return address.replaceFirst("(?s).*inet ([0-9.]+)/.*", "$1");
        }
    }
}
