package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Bytes of a real tunnel, against packet counters beside the client: all are counted, none twice, and those that are lost
 * with a device's or a peer's counters moved after the last sample. What WireGuard counts and what the counters beside it,
 * says {@link TunnelClient}.
 */
class LedgerIT {

    private static final int PORT = 51_848;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int SOME_PACKETS = 200;

    /** Of the member whose quota is used up. */
    private static final long BITS_PER_SECOND = 10_000_000;

    private static final long QUOTA = 6_000_000;

    private static final Cleanup MADE = new Cleanup();
    private static Product product;
    private static NetworkNamespace host;
    private static HostedServer server;
    private static MemberDevice device;
    private static TunnelClient client;

    /** The ledger and the truth at a moment at which nothing was under way. */
    private record Mark(TunnelClient.Bytes ledger, TunnelClient.Bytes truth) {}

    private Mark mark;

    @BeforeAll
    static void start() {
        Parts.requireForRealDevices("ping");
        product = MADE.add(Product.start(Map.of(
                "VPN_TRAFFIC_SILENCE",
                "PT10S",
                "VPN_ACCESS_RECONCILE_EVERY",
                "PT1S",
                "VPN_TRAFFIC_ENDPOINT_RETURNS",
                "1")));
        host = MADE.add(new NetworkNamespace("ledger"));
        NetworkNamespace machine = MADE.add(new NetworkNamespace("metered"));
        NetworkNamespace.connect(host, List.of("192.0.2.1/24"), machine, List.of("192.0.2.2/24"));
        server = MADE.add(HostedServer.create(product, host, "uapi", "192.0.2.1", PORT));
        device = MemberDevice.add(product.member(), "laptop");
        client = MADE.add(new TunnelClient(machine, connect(), PORT));
    }

    @AfterAll
    static void removeAllThatWasMade() {
        MADE.close();
    }

    @BeforeEach
    void begin() throws SQLException {
        mark = settled();
    }

    @Test
    void countsWhatTheClientSentAndGot() {
        client.ping(SOME_PACKETS).orFail();

        assertCountsExactly();
        TunnelClient.Bytes counted = ledger();
        JsonObject live = device.member()
                .get("/api/vpn/status")
                .expect(200)
                .data()
                .getJsonArray("connections")
                .getJsonObject(0);
        assertThat(OffsetDateTime.parse(live.getString("latestHandshakeAt"))).isBefore(OffsetDateTime.now());
        assertThat(live.getJsonNumber("uploadedBytes").longValue()).isPositive();
        JsonObject usage = device.member().get("/api/vpn/usage").expect(200).data();
        assertThat(usage.getJsonNumber("totalBytes").longValue()).isEqualTo(total(counted));
        assertThat(usage.getJsonArray("devices").getJsonObject(0).getString("name"))
                .isEqualTo("laptop");
        assertThat(product.admin()
                        .get("/api/admin/vpn/usage/servers")
                        .expect(200)
                        .data()
                        .getJsonArray("items")
                        .getJsonObject(0)
                        .getJsonNumber("totalBytes")
                        .longValue())
                .isEqualTo(total(counted));
        // Reported every 5 s; the session would be silent by then.
        await("the server's load")
                .pollInterval(Duration.ofSeconds(2))
                .atMost(SOON)
                .until(() -> {
                    client.beginAnew();
                    client.ping(1);
                    return query("SELECT coalesce(max(active_peers), 0) FROM server_loads", row -> row.getInt(1)) == 1;
                });
        assertThat(device.member()
                        .get("/api/vpn/usage?month=2020-01")
                        .expect(200)
                        .data()
                        .getInt("totalBytes"))
                .isZero();
        assertThat(device.member().get("/api/vpn/usage?month=13").expect(400).code())
                .isEqualTo("INVALID_PARAMETER");
    }

    @Test
    void losesNothingWhenTheApplicationIsKilledAmidTraffic() {
        Process traffic = client.pingAt(BITS_PER_SECOND / 10);
        try {
            awaitGrowth();
            product.kill();
            client.ping(SOME_PACKETS).orFail();
            product.startServer();
        } finally {
            traffic.destroyForcibly().onExit().join();
        }

        assertCountsExactly();
    }

    @Test
    void losesOnlyTheLastWindowWhenTheDeviceIsRestarted() throws SQLException {
        assertLosesOnlyWhatCameAfterTheLastSample("restart", () -> {
            server.device().destroyForcibly();
            awaitPeer();
            client.beginAnew();
        });
    }

    /** Its counters are beyond the last sample's when they are read: that they began anew, only the device tells. */
    @Test
    void countsFromZeroOnADeviceThatWasRestartedWhileNobodyLooked() throws IOException, SQLException {
        // So that they are soon beyond them.
        server.changeByHand("peer", device.publicKey(), "remove");
        awaitPeer();
        client.beginAnew();
        mark = settled();
        TunnelClient.Bytes before = server.countedOf(device.publicKey());

        product.kill();
        server.restartDeviceByHandWithWhatItHad();
        long unseen = total(client.counted()) - total(mark.truth());
        client.beginAnew();
        await("more than before").atMost(SOON).until(() -> {
            client.ping(SOME_PACKETS).orFail();
            TunnelClient.Bytes now = server.countedOf(device.publicKey());
            return now.uploaded() > before.uploaded() && now.downloaded() > before.downloaded();
        });
        product.startServer();

        assertThat(lostSinceTheMark(settled())).isBetween(0L, unseen);
    }

    @Test
    void losesOnlyTheLastWindowWhenThePeerIsRemovedByHand() throws SQLException {
        assertLosesOnlyWhatCameAfterTheLastSample("removal by hand", () -> {
            server.changeByHand("peer", device.publicKey(), "remove");
            awaitPeer();
            client.beginAnew();
        });
    }

    @Test
    void losesOnlyTheLastWindowWhenTheMemberConnectsAnew() throws SQLException {
        // So that a session is open.
        client.beginAnew();
        mark = settled();
        assertLosesOnlyWhatCameAfterTheLastSample("new connection", () -> {
            device.disconnect().expect(200);
            client.use(connect());
        });
        assertThat(sessions()).contains("\"endReason\":\"disconnected\"");
    }

    /** The connector repeats what the bean did not take, or took without the connector hearing of it. */
    @Test
    void countsNothingTwiceWhenDeliveriesFail() throws SQLException {
        Process traffic = client.pingAt(BITS_PER_SECOND / 10);
        try {
            for (int i = 0; i < 3; i++) {
                awaitGrowth();
                change("""
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE usename = current_user AND pid <> pg_backend_pid()""");
            }
        } finally {
            traffic.destroyForcibly().onExit().join();
        }

        assertCountsExactly();
    }

    /** As if another application node had taken newer samples meanwhile. */
    @Test
    void takesNoSampleThatIsLate() throws SQLException {
        change("UPDATE traffic_cursors SET epoch = epoch + 1000");
        TunnelClient.Bytes before = ledger();
        client.ping(SOME_PACKETS).orFail();

        await("a late sample")
                .atMost(SOON)
                .until(() -> product.admin().get("/metrics").text().contains("vpn_samples_total{outcome=\"late\"}"));
        assertThat(ledger()).isEqualTo(before);

        change("UPDATE traffic_cursors SET epoch = epoch - 1000");
        assertThat(client.ping(1).succeeded()).isTrue();
        assertCountsExactly();
    }

    @Test
    void warnsAtEightyAndNinetyFivePercentAndCutsOffAtAll() throws SQLException {
        client.ping(SOME_PACKETS).orFail();
        mark = settled();
        allow(total(mark.ledger()) * 100 / 85);
        client.ping(1);
        awaitNotice("80 % of");
        allow(total(ledger()) * 100 / 96);
        client.ping(1);
        awaitNotice("95 % of");

        client.beginAnew();
        mark = settled();
        allow(total(mark.ledger()) + QUOTA);
        Process traffic = client.pingAt(BITS_PER_SECOND);
        Instant began = Instant.now();
        try {
            await("the cut-off")
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> server.peersOnHost().isEmpty());
        } finally {
            traffic.destroyForcibly().onExit().join();
        }
        double seconds = Duration.between(began, Instant.now()).toMillis() / 1_000.0;
        long moved = total(client.counted()) - total(mark.truth());
        long rate = Math.round(moved / seconds);
        System.out.printf(
                "LedgerIT: quota of %,d bytes at %,d bytes/s: %,d bytes over, %.1f s%n",
                QUOTA, rate, moved - QUOTA, (moved - QUOTA) / (double) rate);

        assertThat(moved - QUOTA).isBetween(0L, Math.max(QUOTA / 100, 5 * rate));
        assertThat(rate).as("about 10 Mbit/s").isGreaterThan(BITS_PER_SECOND / 8 / 3);
        assertThat(device.connect(server.id).code()).isEqualTo("MONTHLY_QUOTA_EXCEEDED");
        assertThat(sessions()).contains("\"endReason\":\"quota_exceeded\"", "\"endReason\":\"silent\"");
        awaitNotice("100 % of");
        assertThat(notices().split("80 % of", -1)).as("told once").hasSize(2);

        allow(total(ledger()) * 100);
        client.use(connect());
    }

    @Test
    void tellsOfAKeyThatTwoMachinesUseInTurn() {
        NetworkNamespace machine = MADE.add(new NetworkNamespace("copy"));
        NetworkNamespace.connect(host, List.of("198.51.100.1/24"), machine, List.of("198.51.100.2/24"));
        TunnelClient copy = MADE.add(new TunnelClient(machine, connect().replace("192.0.2.1", "198.51.100.1"), PORT));
        for (TunnelClient next : List.of(client, copy, client)) {
            next.beginAnew();
            await().atMost(SOON).until(() -> next.ping(1).succeeded());
            awaitSample();
        }

        awaitNotice("A device's key seems to be used by two machines at once (laptop)");
        assertThat(notices()).doesNotContain("192.0.2.2", "198.51.100.2");
    }

    private void assertLosesOnlyWhatCameAfterTheLastSample(String what, Runnable loss) throws SQLException {
        // So much is sampled that the counters of the next life do not overtake it before they are read.
        client.ping(SOME_PACKETS).orFail();
        mark = settled();
        client.ping(SOME_PACKETS).orFail();
        TunnelClient.Bytes sampled = ledger();

        loss.run();

        await("the tunnel").atMost(SOON).until(() -> client.ping(1).succeeded());
        long sinceTheMark = total(client.counted()) - total(mark.truth());
        Mark after = settled();
        long lost = lostSinceTheMark(after);
        System.out.printf("LedgerIT: %s: %,d bytes lost of %,d since the last sample%n", what, lost, sinceTheMark);
        assertThat(lost).isBetween(0L, sinceTheMark);
        assertThat(after.ledger().uploaded()).isGreaterThanOrEqualTo(sampled.uploaded());
        assertThat(after.ledger().downloaded()).isGreaterThanOrEqualTo(sampled.downloaded());

        mark = after;
        client.ping(SOME_PACKETS).orFail();
        assertCountsExactly();
    }

    private long lostSinceTheMark(Mark now) {
        return total(now.truth()) - total(mark.truth()) - total(now.ledger()) + total(mark.ledger());
    }

    private void assertCountsExactly() {
        await().atMost(SOON).untilAsserted(() -> {
            TunnelClient.Bytes truth = client.counted();
            TunnelClient.Bytes counted = ledger();
            assertThat(counted.uploaded() - mark.ledger().uploaded())
                    .as("uploaded")
                    .isEqualTo(truth.uploaded() - mark.truth().uploaded());
            assertThat(counted.downloaded() - mark.ledger().downloaded())
                    .as("downloaded")
                    .isEqualTo(truth.downloaded() - mark.truth().downloaded());
        });
    }

    /** A sample that was read after the client's last packet has been taken. */
    private static Mark settled() throws SQLException {
        await("the tunnel").atMost(SOON).until(() -> client.ping(1).succeeded());
        while (true) {
            TunnelClient.Bytes truth = client.counted();
            // What the client has sent may not be there yet, on a busy machine.
            TunnelClient.Bytes arrived = server.countedOf(device.publicKey());
            awaitSample();
            Mark mark = new Mark(ledger(), client.counted());
            if (mark.truth().equals(truth)
                    && server.countedOf(device.publicKey()).equals(arrived)) {
                return mark;
            }
        }
    }

    /** One that was read from now on; an idle server has one every 10 s. */
    private static void awaitSample() {
        OffsetDateTime now = OffsetDateTime.now();
        await("a sample").atMost(SOON).until(() -> query(
                        "SELECT coalesce(max(sampled_at), 'epoch') FROM traffic_cursors",
                        row -> row.getObject(1, OffsetDateTime.class))
                .isAfter(now));
    }

    private static void awaitGrowth() {
        TunnelClient.Bytes before = ledger();
        await("a sample").atMost(SOON).until(() -> !ledger().equals(before));
    }

    private static void awaitPeer() {
        await("the peer")
                .atMost(SOON)
                .until(() ->
                        NetworkNamespace.socketOf(server.interfaceName).toFile().exists()
                                && server.hasOnHost(device.publicKey()));
    }

    /** Returns the configuration. */
    private static String connect() {
        return device.downloadConf(device.connect(server.id).expect(200).data().getString("connectionId"));
    }

    private static void allow(long monthlyBytes) {
        String id = device.member().get("/api/auth/me").expect(200).data().getString("id");
        product.admin()
                .send(
                        "PUT",
                        "/api/admin/users/" + id + "/allowance",
                        Json.createObjectBuilder()
                                .add("monthlyBytes", monthlyBytes)
                                .build()
                                .toString())
                .expect(200);
    }

    private static void awaitNotice(String text) {
        await(text).atMost(SOON).until(() -> notices().contains(text));
    }

    private static String notices() {
        return device.member()
                .get("/api/user/notifications?pageSize=100")
                .expect(200)
                .text();
    }

    private static String sessions() {
        return device.member().get("/api/vpn/sessions?pageSize=100").expect(200).text();
    }

    private static long total(TunnelClient.Bytes bytes) {
        return bytes.uploaded() + bytes.downloaded();
    }

    private static TunnelClient.Bytes ledger() {
        return query(
                "SELECT coalesce(sum(uploaded), 0), coalesce(sum(downloaded), 0) FROM traffic_usage",
                row -> new TunnelClient.Bytes(row.getLong(1), row.getLong(2)));
    }

    private interface Read<T> {
        T of(ResultSet row) throws SQLException;
    }

    private static <T> T query(String sql, Read<T> read) {
        try (Connection connection = product.database().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return read.of(row);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void change(String sql) throws SQLException {
        try (Connection connection = product.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
