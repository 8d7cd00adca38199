package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.launcher.Database;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How fast members connect, beside what the same work costs without a product around it. Run by {@code ./mvnw -pl
 * system-tests -am -Pbench verify -Dbench=connect}, which writes {@code target/bench/connect.json}; never by a plain {@code
 * verify}.
 *
 * <p>A connect is one POST /api/vpn/connect over HTTP for a device that was never connected, until its 200: the peer is then
 * confirmed on a real {@code wireguard-go} in a network namespace of this run. Behind each part the device itself is read
 * with {@code wg show}, and it must have every acknowledged peer.
 *
 * <ul>
 *   <li>{@code p50_ms}, {@code p99_ms}, {@code max_ms}: open loop at {@link #PACE} connects a second. Each is measured from
 *       the moment when it was to begin, so one that had to wait for others counts its wait.
 *   <li>{@code connects_per_s}: closed loop of {@link #CLIENTS} clients, each of a member of its own.
 *   <li>{@code bare_loop_per_s}: {@link BareLoop} in this JVM on the same PostgreSQL with another device of the same kind, the
 *       same statements and commits, the faster of {@link #CLIENTS} threads and 1 thread. It does not group commits, as the
 *       product's writer does; nor does it deliver the outbox, which the product does meanwhile.
 *   <li>{@code uapi_per_s}: puts of one peer each on one kept connection of the connector; {@code process_per_s}: a process
 *       {@code wg set} for each peer. One thread.
 * </ul>
 *
 * All in one run, after a warm-up of everything in turn, in rounds, and the medians of the rounds: other work on the machine
 * then falls on all of them alike. All of it, clients included, shares the machine's cores.
 */
@Tag("connect")
class ConnectBench {

    private static final int CLIENTS = 8;
    private static final int PACE = 50;
    private static final Duration PACED = Duration.ofSeconds(20);
    private static final int PACED_THREADS = 64;
    private static final int ROUNDS = 5;
    private static final int WARM_UP_ROUNDS = 3;
    private static final Duration WARM_UP_CONNECTS = Duration.ofSeconds(15);
    private static final Duration PART = Duration.ofSeconds(4);
    private static final Duration FLOOR_PART = Duration.ofMillis(500);

    /** Of the servers here; a device takes 65,536. */
    private static final int CAPACITY = 60_000;

    private static final int DEVICES = 60_000;

    private final long seed = Long.getLong("bench.seed", 1);
    private final Random random = new Random(seed);
    private final Map<UUID, Api> members = new HashMap<>();
    private final Map<String, Set<String>> acknowledged = new ConcurrentHashMap<>();

    private Product product;
    private NetworkNamespace host;
    private BenchDevice.Supply devices;
    private DeviceFloor floor;
    private List<Callable<Void>> bareClients;

    /** What the rounds gave, in calls a second. */
    private record Rounds(
            List<Double> connects, List<Double> bare, List<Double> bareAlone, List<Double> uapi, List<Double> process) {
        Rounds() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    @Test
    void measuresConnects() throws Exception {
        Parts.requireForRealDevices();
        try (Cleanup made = new Cleanup()) {
            setUp(made);

            HostServer warm = createServer("warm-up", 41_101);
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                measureRound(warm, WARM_UP_CONNECTS, new Rounds());
            }
            Load.paced(PACE, Duration.ofSeconds(2), PACED_THREADS, () -> connect(warm));
            warm.delete();

            HostServer server = createServer("measured", 41_102);
            awaitEmptyOutbox();
            List<Double> millis = Load.paced(PACE, PACED, PACED_THREADS, () -> connect(server));
            requireAcknowledgedOn(server);
            Rounds rounds = new Rounds();
            long began = System.nanoTime();
            for (int round = 0; round < ROUNDS; round++) {
                measureRound(server, PART, rounds);
            }
            write(server, millis, rounds, (System.nanoTime() - began) / 1e9);
        }
    }

    private void setUp(Cleanup made) throws Exception {
        product = made.add(Product.startLasting(Map.of("VPN_ACCESS_DEVICES_PER_USER", "10000")));
        // A template may have no users, and it shall have no rows of ours.
        product.kill();
        Database bare = copyOfDatabase("bare");
        product.startServer();
        host = made.add(new NetworkNamespace("bench"));
        NetworkNamespace ownHost = made.add(new NetworkNamespace("bare"));
        floor = made.add(new DeviceFloor(ownHost, random));

        List<UUID> users = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String email = Api.newEmail();
            Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
            users.add(userIds(product.database(), email).get(0));
            members.put(users.get(i), member);
        }
        devices = supply(product.database(), users);

        BareLoop loop =
                new BareLoop(bare, floor.newDevice(), CAPACITY, supply(bare, userIds(bare, Product.ADMIN_EMAIL))::next);
        bareClients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            bareClients.add(loop.client(made.add(bare.connect()), made.add(floor.connect()), seed + i));
        }
    }

    /** Each part in turn; the product first has delivered what it owes, which would run beside the next part. */
    private void measureRound(HostServer server, Duration connects, Rounds rounds) throws IOException {
        rounds.connects().add(closedLoopOfConnects(server, connects));
        requireAcknowledgedOn(server);
        awaitEmptyOutbox();
        rounds.bare().add(Load.closed(PART, bareClients).perSecond());
        rounds.bareAlone()
                .add(Load.closed(PART.dividedBy(2), bareClients.subList(0, 1)).perSecond());
        rounds.uapi().add(floor.uapiPerSecond(FLOOR_PART));
        rounds.process().add(floor.processPerSecond(FLOOR_PART));
    }

    private double closedLoopOfConnects(HostServer server, Duration time) {
        return Load.closed(
                        time,
                        IntStream.range(0, CLIENTS)
                                .<Callable<Void>>mapToObj(client -> () -> connect(server))
                                .toList())
                .perSecond();
    }

    private Void connect(HostServer server) {
        BenchDevice device = devices.next();
        members.get(device.userId())
                .post("/api/vpn/connect", "{\"deviceId\":\"" + device.id() + "\",\"serverId\":\"" + server.id() + "\"}")
                .expect(200);
        acknowledged.get(server.id()).add(device.publicKey());
        return null;
    }

    private record HostServer(Product product, String id) {

        void delete() {
            product.admin().delete("/api/vpn/servers/" + id).expect(204);
        }

        String interfaceName() {
            return "vp" + id.replace("-", "").substring(0, 12);
        }
    }

    private HostServer createServer(String name, int port) {
        Api admin = product.admin();
        String node = admin.addNode(name, "uapi", host.name, "192.0.2.1");
        JsonObject server = admin.post(
                        "/api/vpn/servers",
                        Json.createObjectBuilder()
                                .add("name", name)
                                .add("region", "eu-central")
                                .add("port", port)
                                .add("nodeId", node)
                                .add("capacity", CAPACITY)
                                .build())
                .expect(201)
                .data();
        acknowledged.put(server.getString("id"), ConcurrentHashMap.newKeySet());
        return new HostServer(product, server.getString("id"));
    }

    private void requireAcknowledgedOn(HostServer server) {
        Set<String> missing = new HashSet<>(acknowledged.get(server.id()));
        host.run("wg", "show", server.interfaceName(), "peers")
                .orFail()
                .stdout()
                .lines()
                .forEach(missing::remove);
        assertThat(missing)
                .as("acknowledged peers that the device does not have")
                .isEmpty();
    }

    private void awaitEmptyOutbox() {
        await("the delivery of the outbox").atMost(Duration.ofMinutes(2)).until(() -> {
            try (Connection sql = product.database().connect()) {
                return BareLoop.execute(sql, "SELECT 1 FROM outbox WHERE delivered_at IS NULL LIMIT 1") == 0;
            }
        });
    }

    private Database copyOfDatabase(String name) throws SQLException {
        Database original = product.database();
        Database maintenance =
                new Database(original.host(), original.port(), "postgres", original.user(), original.password());
        try (Connection sql = maintenance.connect()) {
            BareLoop.execute(sql, "CREATE DATABASE " + name + " TEMPLATE " + original.name());
        }
        return new Database(original.host(), original.port(), name, original.user(), original.password());
    }

    private BenchDevice.Supply supply(Database database, List<UUID> users) throws SQLException {
        List<BenchDevice> made = BenchDevice.make(DEVICES, users, random);
        try (Connection sql = database.connect()) {
            BareLoop.insert(sql, made);
        }
        return new BenchDevice.Supply(made);
    }

    private static List<UUID> userIds(Database database, String email) throws SQLException {
        try (Connection sql = database.connect();
                PreparedStatement select = sql.prepareStatement("SELECT id FROM users WHERE email = ?")) {
            select.setString(1, email);
            ResultSet row = select.executeQuery();
            assertThat(row.next()).isTrue();
            return List.of(row.getObject(1, UUID.class));
        }
    }

    private void write(HostServer server, List<Double> millis, Rounds rounds, double seconds)
            throws IOException, SQLException {
        double connects = Load.median(rounds.connects());
        double bareTogether = Load.median(rounds.bare());
        double bareAlone = Load.median(rounds.bareAlone());
        double bare = Math.max(bareTogether, bareAlone);
        JsonObjectBuilder result = Json.createObjectBuilder()
                .add("connects_per_s", BenchReport.rounded(connects))
                .add("p50_ms", BenchReport.rounded(Load.percentile(millis, 0.50)))
                .add("p99_ms", BenchReport.rounded(Load.percentile(millis, 0.99)))
                .add("max_ms", BenchReport.rounded(Load.percentile(millis, 1)))
                .add("uapi_per_s", BenchReport.rounded(Load.median(rounds.uapi())))
                .add("process_per_s", BenchReport.rounded(Load.median(rounds.process())))
                .add("bare_loop_per_s", BenchReport.rounded(bare))
                .add("ratio", BenchReport.rounded(connects / bare))
                .add("goals", "p99_ms <= 100, ratio = connects_per_s / bare_loop_per_s >= 0.4")
                .add("bare_loop_" + CLIENTS + "_threads_per_s", BenchReport.rounded(bareTogether))
                .add("bare_loop_1_thread_per_s", BenchReport.rounded(bareAlone))
                .add("clients", CLIENTS)
                .add("paced_per_s", PACE)
                .add("paced_samples", millis.size())
                .add("paced_seconds", PACED.toSeconds())
                .add("rounds", rounds(rounds))
                .add("seconds_of_rounds", BenchReport.rounded(seconds))
                .add("seconds_of_connects_a_round", PART.toSeconds())
                .add("warm_up_seconds_of_connects", WARM_UP_ROUNDS * WARM_UP_CONNECTS.toSeconds())
                .add("peers_on_device_at_end", acknowledged.get(server.id()).size())
                .add("seed", seed)
                .add("versions", BenchReport.versions(product.database()))
                .add("notes", """
                        connects_per_s: closed loop, POST /api/vpn/connect over HTTP/1.1 until 200, a fresh device each, one \
                        server on wireguard-go. p50/p99: open loop, from the intended start. bare_loop: the statements and \
                        commits of reserve and confirm one connect at a time per thread, commits not grouped, one UAPI put \
                        between them, in this JVM without HTTP; the faster of both thread counts. Figures are medians of \
                        alternating rounds; clients, server, PostgreSQL and devices share the cores. Devices were prepared \
                        before, by SQL; every acknowledged peer was found on the device with wg show.""");
        BenchReport.write("connect", result);
    }

    private static JsonObjectBuilder rounds(Rounds rounds) {
        return Json.createObjectBuilder()
                .add("connects_per_s", BenchReport.text(rounds.connects()))
                .add("bare_loop_" + CLIENTS + "_threads_per_s", BenchReport.text(rounds.bare()))
                .add("bare_loop_1_thread_per_s", BenchReport.text(rounds.bareAlone()))
                .add("uapi_per_s", BenchReport.text(rounds.uapi()))
                .add("process_per_s", BenchReport.text(rounds.process()));
    }
}
