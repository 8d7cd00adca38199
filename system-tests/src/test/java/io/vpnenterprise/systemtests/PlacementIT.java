package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.nio.file.Files;
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
        patch(light, change().add("weight", 10)).expect(200);
        Api member = product.member();

        // Given: the same share taken on both, of which the weight makes a higher score on one
        connectTo(idle);
        connectTo(light);
        assertThat(listed(member, REGION)).containsSubsequence(idle, light, far);
        assertThat(entry(member, far).getInt("regionRank")).isEqualTo(2);
        assertThat(entry(member, idle).getInt("regionRank")).isZero();
        assertThat(parts(member, light).getJsonNumber("peerShare").doubleValue())
                .isEqualTo(0.01);
        assertThat(parts(member, light).getInt("weight")).isEqualTo(10);
        assertThat(connectIn(REGION)).isEqualTo(idle);

        // When: a sampler says what they do; the product's own says every few seconds that they do nothing
        await().atMost(SOON).untilAsserted(() -> {
            sampled(idle, 40, "0 seconds");
            assertThat(parts(member, idle).getJsonNumber("liveShare").doubleValue())
                    .isEqualTo(0.4);
            assertThat(entry(member, idle).getJsonNumber("score").doubleValue())
                    .isCloseTo((0.02 + 0.4) / 2, offset(1e-9));
            assertThat(listed(member, REGION)).containsSubsequence(light, idle, far);
            assertThat(connectIn(REGION)).isEqualTo(light);
        });

        // When: it said so long ago
        await().atMost(SOON).untilAsserted(() -> {
            sampled(idle, 40, "1 hour");
            assertThat(parts(member, idle).containsKey("liveShare")).isFalse();
            assertThat(entry(member, idle).getJsonNumber("score").doubleValue()).isEqualTo(0.02);
        });
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
        closeAllBut();
        assertThat(connect(device, REGION).code()).isEqualTo("NO_SERVER_AVAILABLE");
    }

    @Test
    void drainsAServerAndSaysWhoHasNoPlaceYet() {
        String leaving = server(REGION, 100);
        String next = server(REGION, 1);
        closeAllBut(leaving, next);
        List<MemberDevice> devices = MemberDevice.addMany(product, 3, 1);
        devices.forEach(device -> device.connect(leaving).expect(200));

        Api.Answer asked = drain(leaving, 600).expect(202);

        assertThat(asked.header("Location")).endsWith("/api/vpn/servers/" + leaving + "/drain");
        assertThat(MemberDevice.add(product.member(), "late").connect(leaving).code())
                .isEqualTo("SERVER_CLOSED");
        assertThat(drain(leaving, 600).code()).isEqualTo("SERVER_DRAINING");
        assertThat(patch(leaving, change().add("state", "active")).code()).isEqualTo("SERVER_DRAINING");
        // Who has no place stays where he is.
        awaitDrain(leaving, 1, 2);
        assertThat(devices.stream().map(PlacementIT::serverNow)).containsExactlyInAnyOrder(next, leaving, leaving);

        patch(next, change().add("capacity", 100)).expect(200);
        awaitDrain(leaving, 3, 0);
        for (MemberDevice device : devices) {
            JsonObject told = device.member().awaitAudit("vpn.rehomed");
            assertThat(told.getJsonObject("details").getString("from")).isNotEmpty();
            assertThat(serverNow(device)).isEqualTo(next);
            assertThat(statusOf(device)).containsExactlyInAnyOrder(next + " stays", leaving + " leaves");
        }
        await("the notice").atMost(SOON).until(() -> devices.get(0)
                .member()
                .get("/api/user/notifications")
                .text()
                .contains("fetch the configuration for its new one"));

        // A member who leaves, leaves both.
        devices.get(0).disconnect().expect(200);
        awaitDrain(leaving, 2, 0);
        assertThat(statusOf(devices.get(0))).isEmpty();

        // Ended: who has a successor goes on to it.
        admin.delete("/api/vpn/servers/" + leaving + "/drain").expect(204);
        assertThat(admin.get("/api/vpn/servers/" + leaving + "/drain").code()).isEqualTo("DRAIN_NOT_FOUND");
        assertThat(entry(admin, leaving).getString("state")).isEqualTo("active");
        assertThat(statusOf(devices.get(1))).hasSize(2);

        // Again, and for a second only.
        drain(leaving, 1).expect(202);
        awaitDrained(leaving);
        assertThat(drainOf(leaving).getInt("residual")).isZero();
        assertThat(entry(admin, leaving).getString("state")).isEqualTo("maintenance");
        assertThat(statusOf(devices.get(1))).containsExactly(next + " stays");
        assertThat(devices.get(1).member().get("/api/vpn/history").text()).contains("\"endReason\":\"drained\"");
        await("its addresses are free").atMost(SOON).untilAsserted(() -> assertThat(addressesOf(leaving))
                .isZero());
    }

    @Test
    void keepsAMembersOldServerWhenTheNextOneGoes() {
        String leaving = server(REGION, 100);
        String next = server(REGION, 100);
        closeAllBut(leaving, next);
        MemberDevice device = MemberDevice.add(product.member(), "laptop");
        device.connect(leaving).expect(200);
        drain(leaving, 600).expect(202);
        awaitDrain(leaving, 1, 0);

        admin.delete("/api/vpn/servers/" + next).expect(204);

        awaitDrain(leaving, 0, 1);
        assertThat(statusOf(device)).containsExactly(leaving + " stays");
        String another = server(REGION, 100);
        awaitDrain(leaving, 1, 0);
        assertThat(serverNow(device)).isEqualTo(another);
        assertThat(drain(another, 0).code()).isEqualTo("INVALID_DEADLINE");
        assertThat(drain(another, 604_801).code()).isEqualTo("INVALID_DEADLINE");
    }

    @Test
    void movesALiveTunnelWithoutAGap() {
        Parts.requireForRealDevices("ping");
        NetworkNamespace machine = made.add(new NetworkNamespace("moved"));
        NetworkNamespace from = made.add(new NetworkNamespace("from"));
        NetworkNamespace to = made.add(new NetworkNamespace("to"));
        NetworkNamespace.connect(from, List.of("192.0.2.1/24"), machine, List.of("192.0.2.2/24"));
        NetworkNamespace.connect(to, List.of("198.51.100.1/24"), machine, List.of("198.51.100.2/24"));
        HostedServer leaving = made.add(HostedServer.create(product, from, "uapi", "192.0.2.1", nextPort++));
        HostedServer next = made.add(HostedServer.create(product, to, "uapi", "198.51.100.1", nextPort++));
        closeAllBut(leaving.id, next.id);
        MemberDevice device = MemberDevice.add(product.member(), "laptop");
        String old = device.connect(leaving.id).expect(200).data().getString("connectionId");
        TunnelClient before = made.add(new TunnelClient(machine, device.downloadConf(old), nextPort - 2));
        before.ping(3).orFail();

        drain(leaving.id, 600).expect(202);
        await("the successor").atMost(SOON).untilAsserted(() -> assertThat(next.peersOnHost())
                .containsOnlyKeys(device.publicKey()));

        // Nothing is broken before the member has made his new tunnel.
        before.ping(3).orFail();
        assertThat(leaving.peersOnHost()).containsOnlyKeys(device.publicKey());
        String successor = connect(device, null).expect(200).data().getString("connectionId");
        assertThat(successor).isNotEqualTo(old);
        TunnelClient after = made.add(new TunnelClient(machine, device.downloadConf(successor), nextPort - 1));
        after.ping(3).orFail();

        await("the old peer goes when the device is heard on its next server")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(leaving.peersOnHost()).isEmpty());
        after.ping(3).orFail();
        awaitDrained(leaving.id);
        next.assertHostEqualsDatabase();
    }

    @Test
    void rotatesAServersKeyBesideTheOldOne() {
        Parts.requireForRealDevices("ping");
        NetworkNamespace host = made.add(new NetworkNamespace("rotated"));
        HostedServer old = made.add(HostedServer.create(product, host, "uapi", "192.0.2.1", nextPort));
        occupy(host, nextPort + 1);
        MemberDevice device = MemberDevice.add(product.member(), "laptop");
        device.connect(old.id).expect(200);
        JsonObject before = entry(admin, old.id);

        JsonObject rotation =
                rotate(old.id, change().add("deadlineSeconds", 3)).expect(202).data();

        String next = rotation.getString("serverId");
        made.add(() -> admin.delete("/api/vpn/servers/" + next));
        JsonObject after = entry(admin, next);
        assertThat(after.getString("name")).isEqualTo(before.getString("name"));
        assertThat(after.getString("publicKey")).isNotEqualTo(before.getString("publicKey"));
        assertThat(after.getString("endpoint"))
                .as("another program has the next port")
                .endsWith(":" + (nextPort + 2));
        assertThat(entry(admin, old.id).getString("name")).startsWith(before.getString("name") + "-old-");
        await("both keys").atMost(SOON).untilAsserted(() -> {
            assertThat(statusOf(device)).containsExactlyInAnyOrder(next + " stays", old.id + " leaves");
            assertThat(old.peersOnHost()).containsOnlyKeys(device.publicKey());
        });
        assertThat(serverNow(device)).isEqualTo(next);

        await("the old server is gone")
                .atMost(SOON)
                .until(() -> admin.get("/api/vpn/servers/" + old.id).code().equals("SERVER_NOT_FOUND")
                        && !host.hasLink(old.interfaceName));
        assertThat(statusOf(device)).containsExactly(next + " stays");
        nextPort += 3;
    }

    @Test
    void rotatesKeysThatAreOldByItself() throws SQLException {
        String old = server(REGION, 10);
        String name = entry(admin, old).getString("name");
        assertThat(rotate(old, change().add("port", 80)).code()).isEqualTo("INVALID_PORT");
        assertThat(rotate(old, change().add("port", nextPort - 1)).code()).isEqualTo("PORT_TAKEN");
        assertThat(rotate(old, change().add("deadlineSeconds", 0)).code()).isEqualTo("INVALID_DEADLINE");
        patch(old, change().add("state", "maintenance")).expect(200);
        assertThat(rotate(old, change()).code()).isEqualTo("SERVER_CLOSED");
        patch(old, change().add("state", "active")).expect(200);
        assertThat(entry(admin, old).getString("name"))
                .as("nothing has changed")
                .isEqualTo(name);

        execute("UPDATE servers SET created_at = now() - interval '11 years' WHERE id = ?", old);

        String next = await("the next server of this name")
                .atMost(Duration.ofSeconds(40))
                .until(
                        () -> entries(admin, REGION).stream()
                                .filter(server -> server.getString("name").equals(name))
                                .map(server -> server.getString("id"))
                                .findFirst()
                                .orElse(old),
                        id -> !id.equals(old));
        made.add(() -> admin.delete("/api/vpn/servers/" + next));
        await("nobody was on the old one")
                .atMost(SOON)
                .until(() -> admin.get("/api/vpn/servers/" + old).code().equals("SERVER_NOT_FOUND"));
    }

    @Test
    void forgetsANodeThatIsLost() throws SQLException {
        String server = server(REGION, 10);
        String node = nodeOf(server);
        MemberDevice device = MemberDevice.add(product.member(), "laptop");
        device.connect(server).expect(200);
        assertThat(admin.delete("/api/admin/nodes/" + node).code()).isEqualTo("NODE_IN_USE");
        assertThat(admin.delete("/api/admin/nodes/" + node + "?lost=true").code())
                .isEqualTo("NODE_ANSWERS");

        // It answers every few seconds.
        await("a moment in which it is stale").atMost(SOON).until(() -> {
            execute("UPDATE nodes SET last_seen_at = now() - interval '1 hour' WHERE id = ?", node);
            return admin.delete("/api/admin/nodes/" + node + "?lost=true").status() == 204;
        });

        assertThat(admin.get("/api/admin/nodes/" + node).code()).isEqualTo("NODE_NOT_FOUND");
        assertThat(admin.get("/api/vpn/servers/" + server).code()).isEqualTo("SERVER_NOT_FOUND");
        assertThat(statusOf(device)).isEmpty();
        device.member().awaitAudit("vpn.disconnected");
        assertThat(device.connect(server).code()).isEqualTo("SERVER_NOT_FOUND");
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
            // So that the test need not wait until the node counts as stale.
            execute("UPDATE nodes SET last_seen_at = now() - interval '1 hour' WHERE id = ?", nodeOf(dead.id));
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

    private String nodeOf(String server) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement("SELECT node_id FROM servers WHERE id = ?")) {
            select.setString(1, server);
            ResultSet row = select.executeQuery();
            row.next();
            return row.getString(1);
        }
    }

    /** Changes the row of this id past the platform. */
    private void execute(String update, String id) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setString(1, id);
            statement.executeUpdate();
        }
    }

    /** Another program of the host listens there. */
    private void occupy(NetworkNamespace host, int port) {
        String name = NetworkNamespace.newInterfaceName();
        host.run("wireguard-go", name).orFail();
        made.add(() -> host.run("ip", "link", "del", "dev", name).orFail());
        await().atMost(SOON).until(() -> Files.exists(NetworkNamespace.socketOf(name)));
        host.run("wg", "set", name, "listen-port", Integer.toString(port)).orFail();
        host.run("ip", "link", "set", "dev", name, "up").orFail();
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

    /** So that the platform has no other choice, until the test ends. */
    private void closeAllBut(String... staying) {
        List<String> open = admin
                .get("/api/vpn/servers?pageSize=100")
                .expect(200)
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(server -> server.getString("state").equals("active"))
                .map(server -> server.getString("id"))
                .filter(id -> !List.of(staying).contains(id))
                .toList();
        made.add(() ->
                open.forEach(id -> patch(id, change().add("state", "active")).expect(200)));
        open.forEach(id -> patch(id, change().add("state", "maintenance")).expect(200));
    }

    private Api.Answer drain(String server, long seconds) {
        return admin.post(
                "/api/vpn/servers/" + server + "/drain",
                change().add("deadlineSeconds", seconds).build());
    }

    private Api.Answer rotate(String server, JsonObjectBuilder how) {
        return admin.post("/api/vpn/servers/" + server + "/rotate-key", how.build());
    }

    private JsonObject drainOf(String server) {
        return admin.get("/api/vpn/servers/" + server + "/drain").expect(200).data();
    }

    private void awaitDrain(String server, int leaving, int unplaced) {
        await("a drain of which so many are left").atMost(SOON).untilAsserted(() -> {
            JsonObject drain = drainOf(server);
            assertThat(List.of(drain.getInt("residual"), drain.getInt("leaving"), drain.getInt("unplaced")))
                    .containsExactly(leaving + unplaced, leaving, unplaced);
        });
    }

    private void awaitDrained(String server) {
        await("the end of the drain")
                .atMost(SOON)
                .until(() -> drainOf(server).getString("state").equals("drained"));
    }

    /** Where a device is told to be when it connects again. */
    private static String serverNow(MemberDevice device) {
        return connect(device, null).expect(200).data().getJsonObject("server").getString("id");
    }

    private static List<String> statusOf(MemberDevice device) {
        return device
                .member()
                .get("/api/vpn/status")
                .expect(200)
                .data()
                .getJsonArray("connections")
                .getValuesAs(JsonObject.class)
                .stream()
                .map(connection ->
                        connection.getString("serverId") + (connection.getBoolean("leaving") ? " leaves" : " stays"))
                .toList();
    }

    private int addressesOf(String server) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement("""
                        SELECT peer_count + (SELECT count(*) FROM server_addresses WHERE server_id = s.id)
                        FROM servers s WHERE id = ?::uuid""")) {
            select.setString(1, server);
            ResultSet row = select.executeQuery();
            row.next();
            return row.getInt(1);
        }
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
                        region == null
                                ? change().add("deviceId", device.id()).build()
                                : change().add("deviceId", device.id())
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
    private void sampled(String server, int activePeers, String ago) {
        try (Connection connection = product.database().connect();
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO server_loads (server_id, active_peers, bytes_per_second, sampled_at)
                        VALUES (?::uuid, ?, 0, now() - ?::interval)
                        ON CONFLICT (server_id) DO UPDATE SET active_peers = excluded.active_peers,
                            bytes_per_second = excluded.bytes_per_second, sampled_at = excluded.sampled_at""")) {
            insert.setString(1, server);
            insert.setInt(2, activePeers);
            insert.setString(3, ago);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
