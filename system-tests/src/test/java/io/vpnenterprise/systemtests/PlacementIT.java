package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where members are placed, and that they are told why. In a region where no other test has servers. */
class PlacementIT {

    private static final String REGION = "ap-south";
    private static final String NEIGHBOUR = "us-west";
    private static final int FIRST_PORT = 43_000;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Product product = Product.shared();
    private final Api admin = product.admin();
    private final Cleanup made = new Cleanup();
    private int nextPort = FIRST_PORT;

    @AfterEach
    void removeAllThatWasMade() {
        made.close();
    }

    @Test
    void placesByTheScoreThatTheListShows() {
        String idle = server(REGION, 100);
        String light = server(REGION, 100);
        String far = server(NEIGHBOUR, 1_000);
        patch(light, change().add("weight", 50)).expect(200);
        Api member = product.member();

        // Given: the same share taken on both, of which the weight makes a higher score on one
        connectTo(idle);
        connectTo(light);
        assertThat(listed(member, REGION)).containsSubsequence(idle, light, far);
        assertThat(entry(member, far).getInt("regionRank")).isEqualTo(2);
        assertThat(entry(member, idle).getInt("regionRank")).isZero();
        assertThat(entry(member, light).getJsonNumber("score").doubleValue()).isEqualTo(0.02);
        assertThat(connectIn(REGION)).isEqualTo(idle);

        // When: a sampler says what they do
        sampled(idle, 40, 0, "0 seconds");
        assertThat(parts(member, idle).getJsonNumber("liveShare").doubleValue()).isEqualTo(0.4);
        assertThat(listed(member, REGION)).containsSubsequence(light, idle, far);
        assertThat(connectIn(REGION)).isEqualTo(light);

        // When: it said so long ago
        sampled(idle, 0, 0, "1 hour");
        assertThat(parts(member, idle).containsKey("liveShare")).isFalse();
        assertThat(entry(member, idle).getJsonNumber("score").doubleValue()).isEqualTo(0.02);
    }

    @Test
    void sendsNobodyIntoMaintenanceAndKeepsThoseWhoAreThere() {
        String server = server(REGION, 1);
        String neighbour = server(NEIGHBOUR, 1_000);
        MemberDevice device = MemberDevice.add(product.member(), "laptop");
        device.connect(server).expect(200);
        MemberDevice another = MemberDevice.add(product.member(), "laptop");
        assertThat(another.connect(server).code()).isEqualTo("SERVER_FULL");
        assertThat(connectIn(REGION)).as("no room in the region").isEqualTo(neighbour);

        patch(server, change().add("capacity", 100).add("state", "maintenance")).expect(200);

        assertThat(another.connect(server).code()).isEqualTo("SERVER_CLOSED");
        assertThat(connectIn(REGION)).isEqualTo(neighbour);
        assertThat(device.connect(server)
                        .expect(200)
                        .data()
                        .getJsonObject("server")
                        .getString("id"))
                .isEqualTo(server);
        assertThat(entry(device.member(), server).getString("state")).isEqualTo("maintenance");
        assertThat(entry(device.member(), server).getBoolean("available")).isFalse();

        patch(server, change().add("state", "active")).expect(200);
        assertThat(connectIn(REGION)).isEqualTo(server);
    }

    @Test
    void refusesChangesThatDoNotFit() {
        String server = server(REGION, 2);
        String other = server(REGION, 2);
        String name = "placement " + UUID.randomUUID();
        connectTo(server);
        connectTo(server);
        assertThat(patch(server, change().add("capacity", 1)).code()).isEqualTo("CAPACITY_IN_USE");
        assertThat(patch(server, change().add("capacity", 65_000)).code()).isEqualTo("CAPACITY_BEYOND_POOL");
        assertThat(patch(server, change().add("capacity", 0)).code()).isEqualTo("INVALID_CAPACITY");
        assertThat(patch(server, change().add("weight", 1_001)).code()).isEqualTo("INVALID_WEIGHT");
        assertThat(patch(server, change().add("state", "draining")).code()).isEqualTo("INVALID_STATE");
        assertThat(patch(server, change().add("name", "-")).code()).isEqualTo("INVALID_SERVER_NAME");
        assertThat(patch(server, change()).code()).isEqualTo("INVALID_PARAMETER");
        assertThat(patch(UUID.randomUUID().toString(), change().add("weight", 1))
                        .code())
                .isEqualTo("SERVER_NOT_FOUND");
        assertThat(admin.get("/api/vpn/servers?region=mars").code()).isEqualTo("UNKNOWN_REGION");

        assertThat(patch(server, change().add("name", name)).expect(200).data().getString("name"))
                .isEqualTo(name);
        assertThat(patch(other, change().add("name", name)).code()).isEqualTo("SERVER_NAME_TAKEN");
        // 253 are what its block of 256 addresses holds.
        patch(server, change().add("capacity", 253)).expect(200);
    }

    @Test
    void throwsWhenNoServersAreAvailable() {
        MemberDevice device = MemberDevice.add(product.member(), "laptop");
        List<String> open = admin
                .get("/api/vpn/servers?pageSize=100")
                .expect(200)
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(server -> server.getString("state").equals("active"))
                .map(server -> server.getString("id"))
                .toList();
        try {
            open.forEach(id -> patch(id, change().add("state", "maintenance")).expect(200));
            assertThat(connect(device, REGION).code()).isEqualTo("NO_SERVER_AVAILABLE");
        } finally {
            open.forEach(id -> patch(id, change().add("state", "active")).expect(200));
        }
    }

    @Test
    void givesAMemberOfADeadNodeAServerThatWorks() throws SQLException {
        Parts.requireForRealDevices("ss");
        NetworkNamespace host = made.add(new NetworkNamespace("dead"));
        HostedServer dead = made.add(HostedServer.create(product, host, "uapi", "192.0.2.1", nextPort++));
        String alive = server(REGION, 1_000);
        MemberDevice device = MemberDevice.add(product.member(), "laptop");
        device.connect(dead.id).expect(200);

        String process = Long.toString(dead.device().pid());
        Program.run("kill", "-STOP", process).orFail();
        try {
            await("the node is missed").atMost(SOON).until(() -> isMissed(dead));
            lastSeenAnHourAgo(dead);
            assertThat(device.connect(dead.id).code()).isEqualTo("NODE_UNREACHABLE");
            assertThat(entry(device.member(), dead.id).getBoolean("available")).isFalse();

            JsonObject moved = connect(device, REGION).expect(200).data();

            assertThat(moved.getJsonObject("server").getString("id")).isEqualTo(alive);
            assertThat(dead.peersInDatabase("REMOVING")).containsOnlyKeys(device.publicKey());
        } finally {
            Program.run("kill", "-CONT", process).orFail();
        }
        await("the old peer goes when its host answers").atMost(SOON).untilAsserted(() -> assertThat(dead.peersOnHost())
                .isEmpty());
    }

    private boolean isMissed(HostedServer server) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement("""
                        SELECT last_error IS NOT NULL FROM nodes n JOIN servers s ON s.node_id = n.id WHERE s.id = ?""")) {
            select.setString(1, server.id);
            ResultSet row = select.executeQuery();
            return row.next() && row.getBoolean(1);
        }
    }

    /** So that the test need not wait until the node counts as stale. */
    private void lastSeenAnHourAgo(HostedServer server) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement update = connection.prepareStatement("""
                        UPDATE nodes SET last_seen_at = now() - interval '1 hour'
                        WHERE id = (SELECT node_id FROM servers WHERE id = ?)""")) {
            update.setString(1, server.id);
            update.executeUpdate();
        }
    }

    /** A new server on a simulated node of its own. */
    private String server(String region, int capacity) {
        String name = "placement-" + UUID.randomUUID();
        String node = admin.addNode(name, "simulated", null, "vpn.example.org");
        made.add(() -> admin.delete("/api/admin/nodes/" + node));
        String server = admin.post(
                        "/api/vpn/servers",
                        change().add("name", name)
                                .add("region", region)
                                .add("port", nextPort++)
                                .add("nodeId", node)
                                .add("capacity", capacity)
                                .build())
                .expect(201)
                .data()
                .getString("id");
        made.add(() -> admin.delete("/api/vpn/servers/" + server));
        return server;
    }

    private static JsonObjectBuilder change() {
        return Json.createObjectBuilder();
    }

    private Api.Answer patch(String server, JsonObjectBuilder change) {
        return admin.send("PATCH", "/api/vpn/servers/" + server, change.build().toString());
    }

    private void connectTo(String server) {
        MemberDevice.add(product.member(), "laptop").connect(server).expect(200);
    }

    /** Connects a new member where the platform chooses; returns the server. */
    private String connectIn(String region) {
        return connect(MemberDevice.add(product.member(), "laptop"), region)
                .expect(200)
                .data()
                .getJsonObject("server")
                .getString("id");
    }

    private static Api.Answer connect(MemberDevice device, String region) {
        return device.member()
                .post(
                        "/api/vpn/connect",
                        Json.createObjectBuilder()
                                .add("deviceId", device.id())
                                .add("region", region)
                                .build());
    }

    private static List<String> listed(Api member, String region) {
        return entries(member, region).stream()
                .map(server -> server.getString("id"))
                .toList();
    }

    private static List<JsonObject> entries(Api member, String region) {
        return member.get("/api/vpn/servers?pageSize=100&region=" + region)
                .expect(200)
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class);
    }

    private static JsonObject entry(Api member, String server) {
        return entries(member, REGION).stream()
                .filter(entry -> entry.getString("id").equals(server))
                .findFirst()
                .orElseThrow();
    }

    private static JsonObject parts(Api member, String server) {
        return entry(member, server).getJsonObject("scoreParts");
    }

    /** As {@code ServerLoads.note}, at a time of the test's choice. */
    private void sampled(String server, int activePeers, long bytesPerSecond, String ago) {
        try (Connection connection = product.database().connect();
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO server_loads (server_id, active_peers, bytes_per_second, sampled_at)
                        VALUES (?::uuid, ?, ?, now() - ?::interval)
                        ON CONFLICT (server_id) DO UPDATE SET active_peers = excluded.active_peers,
                            bytes_per_second = excluded.bytes_per_second, sampled_at = excluded.sampled_at""")) {
            insert.setString(1, server);
            insert.setInt(2, activePeers);
            insert.setLong(3, bytesPerSecond);
            insert.setString(4, ago);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
