package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One member, five connections, three servers, a hundred connects at once, again and again, and SIGKILL to the server in their
 * midst: never more than five in the database or on the host, and afterwards exactly five can be had.
 *
 * <p>{@code -Dlimit.rounds=20} for the long form, {@code -Dlimit.seed=S} repeats a run's choices.
 */
class DeviceLimitIT {

    private static final int LIMIT = 5;
    private static final int DEVICES = 25;
    private static final int CONNECTS = 100;
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final Cleanup MADE = new Cleanup();
    private static Product product;
    private static HostedServer real;
    private static List<String> servers;
    private static List<MemberDevice> devices;

    private final long seed = Long.getLong("limit.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @BeforeAll
    static void start() {
        Parts.requireForRealDevices();
        product = MADE.add(Product.start(Map.of("VPN_IDENTITY_ACCESS_TOKEN_LIFE", "PT1H")));
        Api admin = product.admin();
        real = MADE.add(
                HostedServer.create(product, MADE.add(new NetworkNamespace("limit")), "uapi", "192.0.2.1", 51_970));
        servers = new ArrayList<>(List.of(real.id));
        for (int i = 0; i < 2; i++) {
            String node = admin.addNode("simulated " + i, "simulated", null, "192.0.2.1");
            servers.add(
                    admin.addServer("simulated " + i, "us-east", 51_971, node).getString("id"));
        }
        devices = MemberDevice.addMany(product, 1, DEVICES);
        allow(devices.get(0).member(), "{\"connections\":" + LIMIT + "}");
    }

    private static void allow(Api member, String limits) {
        String id = member.get("/api/auth/me").expect(200).data().getString("id");
        product.admin()
                .send("PUT", "/api/admin/users/" + id + "/allowance", limits)
                .expect(200);
    }

    @AfterAll
    static void removeAllThatWasMade() {
        MADE.close();
    }

    @Test
    void neverLetsAMemberHaveMoreAndLeaksNoPlace() throws Exception {
        System.out.println("DeviceLimitIT: -Dlimit.seed=" + seed);
        int rounds = Integer.getInteger("limit.rounds", 3);
        int kills = 0;
        int most = 0;
        for (int round = 0; round < rounds; round++) {
            boolean kill = round < rounds - 1;
            most = Math.max(most, connectAll(kill ? Optional.of(random.nextInt(CONNECTS / 2)) : Optional.empty()));
            if (kill) {
                kills++;
                product.startServer();
            }
            await("what was under way is over, with -Dlimit.seed=" + seed)
                    .atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(inDatabase("state <> 'ACTIVE'")).isZero());
            assertThat(inDatabase("TRUE")).as("in the database").isLessThanOrEqualTo(LIMIT);
            assertExactlyTheAllowedNumberCanBeHad();
        }
        System.out.println("DeviceLimitIT: " + rounds + " rounds of " + CONNECTS + " connects with " + kills
                + " kills, at most " + most + " at a time");
        assertThat(most).isEqualTo(LIMIT);
    }

    @Test
    void neverLetsAMemberHaveMoreDevices() throws Exception {
        Api member = product.member();
        allow(member, "{\"devices\":" + LIMIT + "}");
        List<Callable<Integer>> additions = new ArrayList<>();
        for (int i = 0; i < CONNECTS; i++) {
            String name = "{\"name\":\"device " + i + "\"}";
            additions.add(() -> member.post("/api/user/devices", name).status());
        }
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTS);
        try {
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : threads.invokeAll(additions)) {
                statuses.add(answer.get());
            }
            assertThat(statuses).containsOnly(201, 403);
            assertThat(Collections.frequency(statuses, 201)).isEqualTo(LIMIT);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns the most live peers that were seen meanwhile. */
    private int connectAll(Optional<Integer> killAfter) throws Exception {
        List<Callable<Integer>> connects = new ArrayList<>();
        for (int i = 0; i < CONNECTS; i++) {
            MemberDevice device = devices.get(i % DEVICES);
            String server = servers.get(random.nextInt(servers.size()));
            boolean first = random.nextInt(4) == 0;
            connects.add(() -> {
                if (first) {
                    device.disconnect();
                }
                Api.Answer answer = device.connect(server);
                if (answer.status() == 403) {
                    assertThat(answer.code()).isEqualTo("CONNECTION_LIMIT_REACHED");
                }
                return answer.status();
            });
        }
        Collections.shuffle(connects, random);
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTS);
        try {
            List<Future<Integer>> answers =
                    connects.stream().map(threads::submit).toList();
            int most = 0;
            while (!answers.stream().allMatch(Future::isDone)) {
                most = Math.max(most, assertWithinTheLimit());
                if (killAfter.isPresent()
                        && answers.stream().filter(Future::isDone).count() >= killAfter.get()) {
                    product.kill();
                    killAfter = Optional.empty();
                }
            }
            for (Future<Integer> answer : answers) {
                statusOf(answer);
            }
            return most;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Of one that was cut off, or came to a dead server, there is none. */
    private static void statusOf(Future<Integer> answer) throws InterruptedException {
        try {
            // Disconnected by another of these, or told to try again.
            assertThat(answer.get()).isIn(200, 403, 409, 503);
        } catch (java.util.concurrent.ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(UncheckedIOException.class);
        }
    }

    private static int assertWithinTheLimit() throws SQLException {
        int live = inDatabase("state <> 'REMOVING'");
        assertThat(live).as("live peers in the database").isLessThanOrEqualTo(LIMIT);
        // Read first: what leaves the database's live ones meanwhile is on its way off the host.
        List<String> onHost = List.copyOf(real.peersOnHost().keySet());
        assertThat(onHost.size() - leaving(onHost)).as("on the host").isLessThanOrEqualTo(LIMIT);
        return live;
    }

    private static int leaving(List<String> keys) throws SQLException {
        try (Connection connection = product.database().connect();
                var select = connection.prepareStatement(
                        "SELECT count(*) FROM unnest(?) k WHERE NOT EXISTS (SELECT 1 FROM peers WHERE public_key = k"
                                + " AND server_id = ? AND state <> 'REMOVING')")) {
            select.setArray(1, connection.createArrayOf("text", keys.toArray()));
            select.setObject(2, java.util.UUID.fromString(real.id));
            ResultSet row = select.executeQuery();
            row.next();
            return row.getInt(1);
        }
    }

    private static int inDatabase(String which) throws SQLException {
        try (Connection connection = product.database().connect();
                var select = connection.createStatement()) {
            ResultSet row = select.executeQuery("SELECT count(*) FROM peers WHERE " + which);
            row.next();
            return row.getInt(1);
        }
    }

    /** Every one goes, then each asks in turn: five get a connection, and moving one takes no other place. */
    private void assertExactlyTheAllowedNumberCanBeHad() throws Exception {
        devices.forEach(MemberDevice::disconnect);
        List<Integer> statuses = Stream.iterate(0, i -> i + 1)
                .limit(LIMIT + 2)
                .map(i ->
                        devices.get(i).connect(servers.get(i % servers.size())).status())
                .toList();
        assertThat(statuses).containsExactly(200, 200, 200, 200, 200, 403, 403);
        devices.get(0).connect(servers.get(1)).expect(200);
        assertThat(inDatabase("state <> 'REMOVING'")).isEqualTo(LIMIT);
        await().atMost(SOON).untilAsserted(real::assertHostEqualsDatabase);
        real.assertAddressesAreAccountedFor();
    }
}
