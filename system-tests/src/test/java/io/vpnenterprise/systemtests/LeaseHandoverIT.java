package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The application node that writes to a host is killed while members connect by both nodes: the other one goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaseHandoverIT {

    private static final int PORT = 51_850;
    private static final int ANSWERS_BEFORE = 30;
    private static final int ANSWERS_AFTER = 20;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration LEASE_LIFE = Duration.ofSeconds(4);

    /** Two looks at a lease that is over, and a change, on a busy machine. */
    private static final Duration TAKING = Duration.ofSeconds(3);

    private final long seed = Long.getLong("handover.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private TwoNodes nodes;
    private Product product;

    @BeforeAll
    void start() {
        Parts.requireForRealDevices();
        nodes = TwoNodes.shared();
        product = nodes.product;
    }

    @Test
    void goesOnByTheOtherNodeWithinTheLeasesLife() throws Exception {
        System.out.println("LeaseHandoverIT: -Dhandover.seed=" + seed);
        try (NetworkNamespace host = new NetworkNamespace("handover");
                HostedServer server = HostedServer.create(product, host, "uapi", "192.0.2.1", PORT);
                MembersLoad here = new MembersLoad(server, MemberDevice.addMany(product, 3, 2));
                MembersLoad there = new MembersLoad(server, onSecondNode(MemberDevice.addMany(product, 3, 2)))) {
            here.learn();
            there.learn();
            here.start(random);
            there.start(random);
            await("both are served").atMost(SOON).until(() -> {
                here.requireGoingOn();
                there.requireGoingOn();
                return here.confirmations() > ANSWERS_BEFORE && there.confirmations() > ANSWERS_BEFORE;
            });
            boolean firstWrites = isFirstTheWriter(server);
            MembersLoad dying = firstWrites ? here : there;
            MembersLoad surviving = firstWrites ? there : here;

            // When
            dying.stopSoon();
            killWriter(firstWrites);
            long killed = System.nanoTime();
            // Those under way may have been written by then.
            int before = surviving.confirmations() + MembersLoad.CLIENTS;
            try {
                // Then
                await("the other node's first confirmation")
                        .pollInterval(Duration.ofMillis(20))
                        .atMost(LEASE_LIFE.plus(TAKING))
                        .until(() -> surviving.confirmations() > before);
                System.out.println("LeaseHandoverIT: the other node confirmed after "
                        + (System.nanoTime() - killed) / 1_000_000 + " ms");
                await("it goes on").atMost(SOON).until(() -> {
                    surviving.requireGoingOn();
                    return surviving.confirmations() > before + ANSWERS_AFTER;
                });
                surviving.stop();
                dying.stop();
                await().atMost(SOON).untilAsserted(server::assertHostEqualsDatabaseWithPresharedKeys);
                surviving.assertHostIsWhatMembersWereTold("by the node that lives");
                dying.assertHostIsWhatMembersWereTold("by the node that was killed");
            } finally {
                if (firstWrites) {
                    product.startServer();
                }
            }
        }
    }

    private List<MemberDevice> onSecondNode(List<MemberDevice> devices) {
        URI second = nodes.urls().get(1);
        return devices.stream()
                .map(device -> new MemberDevice(
                        new Api(second).withToken(device.member().token()),
                        device.id(),
                        device.publicKey(),
                        device.ticket()))
                .toList();
    }

    /** Each says in its log that it writes from now on, with the lease's epoch. */
    private boolean isFirstTheWriter(HostedServer server) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement("""
                        SELECT s.node_id, l.epoch FROM servers s JOIN node_leases l ON l.node_id = s.node_id
                        WHERE s.id = ?::uuid""")) {
            select.setString(1, server.id);
            ResultSet row = select.executeQuery();
            assertThat(row.next()).isTrue();
            return product.loggedText()
                    .contains("writing to node " + row.getString(1) + " from now on, epoch " + row.getLong(2));
        }
    }

    private void killWriter(boolean first) {
        if (first) {
            product.kill();
        } else {
            nodes.killSecond();
        }
    }
}
