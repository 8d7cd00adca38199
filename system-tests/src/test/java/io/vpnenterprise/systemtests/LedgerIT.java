package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bytes of real tunnels, against packet counters beside the client: all are counted, and none twice. */
class LedgerIT {

    private static final int PORT = 51_848;
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final Cleanup MADE = new Cleanup();
    private static Product product;
    private static NetworkNamespace host;
    private static HostedServer server;

    @BeforeAll
    static void start() {
        Parts.requireForRealDevices("ping");
        product = MADE.add(Product.start(Map.of()));
        host = MADE.add(new NetworkNamespace("ledger"));
        NetworkNamespace machine = MADE.add(new NetworkNamespace("metered"));
        NetworkNamespace.connect(host, List.of("192.0.2.1/24"), machine, List.of("192.0.2.2/24"));
        server = MADE.add(HostedServer.create(product, host, "uapi", "192.0.2.1", PORT));
        device = MemberDevice.add(product.member(), "laptop");
        connectionId = device.connect(server.id).expect(200).data().getString("connectionId");
        client = MADE.add(new TunnelClient(machine, device.downloadConf(connectionId), PORT));
    }

    private static MemberDevice device;
    private static String connectionId;
    private static TunnelClient client;

    @AfterAll
    static void removeAllThatWasMade() {
        MADE.close();
    }

    @Test
    void countsWhatTheClientSentAndGot() {
        client.ping(500).orFail();

        await().atMost(SOON).untilAsserted(() -> assertThat(ledger()).isEqualTo(client.counted()));
    }

    private static TunnelClient.Bytes ledger() {
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT sum(uploaded), sum(downloaded) FROM traffic_usage WHERE device_id = ?::uuid")) {
            select.setString(1, device.id());
            ResultSet row = select.executeQuery();
            row.next();
            return new TunnelClient.Bytes(row.getLong(1), row.getLong(2));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
