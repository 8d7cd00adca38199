package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a peer is held to on a real host: its rate, its end, its keys. */
class HeldPeersIT {

    private static final int PORT = 51_960;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Product product = Product.shared();
    private final Api admin = product.admin();
    private final Cleanup made = new Cleanup();
    private NetworkNamespace host;
    private HostedServer server;
    private MemberDevice device;

    @BeforeAll
    static void requireParts() {
        Parts.requireForRealDevices();
    }

    @BeforeEach
    void connectNobody() {
        host = made.add(new NetworkNamespace("held"));
        server = made.add(HostedServer.create(product, host, "uapi", "192.0.2.1", PORT));
        device = MemberDevice.add(product.member(), "laptop");
    }

    @AfterEach
    void removeAllThatWasMade() {
        made.close();
    }

    @Test
    void hasTheRateOfItsMemberFromTheBeginningThroughChangesAndHandsToItsEnd() {
        allow("{\"kbitPerSecond\":8000}");
        String address = connect("{}").getJsonArray("addresses").getString(0).replace("/32", "");
        assertThat(rates()).as("when the answer is here").contains("1000000 bytes/second", device.publicKey(), address);

        allow("{\"kbitPerSecond\":16000}");
        await().atMost(Duration.ofSeconds(5)).until(() -> rates().contains("2000000 bytes/second"));

        host.run("nft", "flush", "set", "inet", "vpne_" + server.interfaceName, "rates_down")
                .orFail();
        await().atMost(SOON).until(() -> rates().split("2000000 bytes/second", -1).length == 3);

        allow("{}");
        await().atMost(SOON).until(() -> !rates().contains(device.publicKey()));

        allow("{\"kbitPerSecond\":8000}");
        await().atMost(SOON).until(() -> rates().contains(device.publicKey()));
        device.disconnect().expect(200);
        assertThat(rates()).doesNotContain(device.publicKey(), address);
    }

    @Test
    void isOffItsHostWithinASecondOfItsInstant() {
        Instant asked = Instant.now();
        connect("{\"ttlSeconds\":4}");
        Instant answered = Instant.now();

        await().pollInterval(Duration.ofMillis(20)).atMost(SOON).until(() -> !server.peersOnHost()
                .containsKey(device.publicKey()));

        assertThat(Instant.now()).isBetween(asked.plusSeconds(4), answered.plusSeconds(5));
        JsonObject ended = device.member()
                .get("/api/vpn/history")
                .expect(200)
                .data()
                .getJsonArray("items")
                .getJsonObject(0);
        assertThat(ended.getString("endReason")).isEqualTo("expired");
        assertThat(device.member()
                        .awaitAudit("vpn.disconnected")
                        .getJsonObject("details")
                        .getString("reason"))
                .isEqualTo("expired");
    }

    @Test
    void endsWithItsMembersAccessAndIsRefusedAfterwards() {
        connect("{}");

        allow("{\"accessEndsAt\":\"" + Instant.now().plusSeconds(3) + "\"}");

        await().atMost(Duration.ofSeconds(8)).until(() -> !server.peersOnHost().containsKey(device.publicKey()));
        assertThat(device.connect(server.id).expect(403).code()).isEqualTo("ACCESS_ENDED");
        allow("{}");
        device.connect(server.id).expect(200);
    }

    @Test
    void refusesATimeWithoutMeaning() {
        for (String ttl : new String[] {"0", "-1", "31622401", "9223372036854775807"}) {
            Api.Answer refused = post("{\"ttlSeconds\":" + ttl + "}").expect(400);
            assertThat(refused.code()).isEqualTo("INVALID_TTL");
            assertThat(refused.json().getString("field")).isEqualTo("ttlSeconds");
        }
        assertThat(server.peersOnHost()).isEmpty();
    }

    @Test
    void getsAFreshPresharedKeyOnDemandAndItsHostHasItWhenTheAnswerIsHere() {
        JsonObject before = connect("{}");

        JsonObject after = device.member()
                .post("/api/vpn/connections/" + before.getString("connectionId") + "/rotate", "")
                .expect(200)
                .data();

        assertThat(after.getString("presharedKey")).isNotEqualTo(before.getString("presharedKey"));
        assertThat(after.getJsonArray("addresses")).isEqualTo(before.getJsonArray("addresses"));
        assertThat(server.peersOnHost().get(device.publicKey()).presharedKey())
                .isEqualTo(after.getString("presharedKey"));
        device.member().awaitAudit("vpn.key-rotated");
        server.assertHostEqualsDatabase();
    }

    @Test
    void getsAFreshPresharedKeyWhenItsOwnIsOldAndItsMemberIsToldAhead() throws SQLException {
        String connection = connect("{}").getString("connectionId");
        String before = server.peersOnHost().get(device.publicKey()).presharedKey();

        age(connection, 28);
        assertThat(device.member()
                        .awaitAudit("vpn.key-rotation-due")
                        .getJsonObject("details")
                        .getString("device"))
                .isEqualTo("laptop");
        assertThat(server.peersOnHost().get(device.publicKey()).presharedKey()).isEqualTo(before);

        age(connection, 31);
        await().atMost(SOON).until(() -> !server.peersOnHost()
                .get(device.publicKey())
                .presharedKey()
                .equals(before));
        device.member().awaitAudit("vpn.key-rotated");
        assertThat(device.downloadConf(connection))
                .contains(server.peersOnHost().get(device.publicKey()).presharedKey());
        server.assertHostEqualsDatabase();
    }

    private void age(String connection, int days) throws SQLException {
        try (Connection database = product.database().connect();
                PreparedStatement update = database.prepareStatement(
                        "UPDATE peers SET keyed_at = now() - make_interval(days => ?) WHERE id = ?")) {
            update.setInt(1, days);
            update.setString(2, connection);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    @Test
    void movesToTheNewKeyOfItsDeviceAllAtOnce() {
        JsonObject connected = connect("{}");

        JsonObject rekeyed = device.member()
                .send("PUT", "/api/vpn/devices/" + device.id() + "/key", "{}")
                .expect(200)
                .data();

        String key = rekeyed.getJsonObject("device").getString("publicKey");
        assertThat(key).isNotEqualTo(device.publicKey());
        assertThat(rekeyed.getBoolean("confirmed")).isTrue();
        Map<String, HostedServer.Peer> peers = server.peersOnHost();
        assertThat(peers).containsOnlyKeys(key);
        assertThat(peers.get(key).presharedKey()).isEqualTo(connected.getString("presharedKey"));
        assertThat(new MemberDevice(device.member(), device.id(), key, rekeyed.getString("ticket"))
                        .downloadConf(connected.getString("connectionId")))
                .contains(rekeyed.getString("privateKey"));
        device.member().awaitAudit("device.key-changed");

        // Another's key is refused, and nothing is changed.
        String taken = MemberDevice.add(product.member(), "other").publicKey();
        Api.Answer refused = device.member()
                .send("PUT", "/api/vpn/devices/" + device.id() + "/key", "{\"publicKey\":\"" + taken + "\"}")
                .expect(409);
        assertThat(refused.code()).isEqualTo("PUBLIC_KEY_TAKEN");
        assertThat(server.peersOnHost()).containsOnlyKeys(key);
        server.assertHostEqualsDatabase();
    }

    private JsonObject connect(String more) {
        return post(more).expect(200).data();
    }

    private Api.Answer post(String more) {
        String where = "{\"deviceId\":\"" + device.id() + "\",\"serverId\":\"" + server.id + "\"";
        return device.member()
                .post("/api/vpn/connect", more.equals("{}") ? where + "}" : where + "," + more.substring(1));
    }

    private void allow(String limits) {
        String member = device.member().get("/api/auth/me").expect(200).data().getString("id");
        admin.send("PUT", "/api/admin/users/" + member + "/allowance", limits).expect(200);
    }

    private String rates() {
        return host.run("nft", "-n", "list", "table", "inet", "vpne_" + server.interfaceName)
                .orFail()
                .stdout();
    }
}
