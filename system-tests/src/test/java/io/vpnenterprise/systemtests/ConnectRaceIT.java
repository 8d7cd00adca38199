package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many at once, and one against himself, on a real device. */
class ConnectRaceIT {

    private static final int PORT = 51_831;
    private static final int MEMBERS = 10;
    private static final int DEVICES_EACH = 20;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Cleanup made = new Cleanup();
    private final Product product = Product.shared();
    private final ExecutorService threads = Executors.newFixedThreadPool(MEMBERS * DEVICES_EACH);
    private HostedServer server;

    @BeforeAll
    static void requireParts() {
        Parts.requireForRealDevices("ss");
    }

    @BeforeEach
    void createServer() {
        made.add(threads::shutdownNow);
        NetworkNamespace host = made.add(new NetworkNamespace("race"));
        server = made.add(HostedServer.create(product, host, "uapi", "192.0.2.1", PORT));
    }

    @AfterEach
    void removeAllThatWasMade() {
        made.close();
    }

    @Test
    void givesEachOfTwoHundredAnAddressAndTheHostExactlyTheirPeers() throws Exception {
        List<MemberDevice> devices = MemberDevice.addMany(product, MEMBERS, DEVICES_EACH);
        CyclicBarrier start = new CyclicBarrier(devices.size());

        List<Future<Api.Answer>> answers = new ArrayList<>();
        for (MemberDevice device : devices) {
            answers.add(threads.submit(() -> {
                start.await(30, TimeUnit.SECONDS);
                return device.connect(server.id);
            }));
        }

        Map<String, HostedServer.Peer> told = new HashMap<>();
        for (int i = 0; i < devices.size(); i++) {
            JsonObject connected =
                    answers.get(i).get(60, TimeUnit.SECONDS).expect(200).data();
            String key = devices.get(i).publicKey();
            List<String> addresses = connected.getJsonArray("addresses").getValuesAs(JsonString::getString);
            told.put(key, new HostedServer.Peer(key, connected.getString("presharedKey"), new TreeSet<>(addresses)));
        }
        assertThat(told.values().stream().flatMap(peer -> peer.allowedIps().stream()))
                .as("addresses of both families")
                .hasSize(2 * devices.size())
                .doesNotHaveDuplicates();
        assertThat(server.peersOnHost()).as("what the members were told").isEqualTo(told);
        server.assertHostEqualsDatabase();
        server.assertAddressesAreAccountedFor();
    }

    @Test
    void confirmsADisconnectThatOvertakesItsConnectOnlyWhenTheHostHasLetGo() throws Exception {
        MemberDevice device = MemberDevice.addMany(product, 1, 1).get(0);
        ProcessHandle process = server.device();

        // Given: the host is asked for the peer and hangs, and meanwhile the member changes his mind.
        Future<Api.Answer> connect = connectToAHostThatHangs(device, process);
        Future<Api.Answer> disconnect;
        try (Hold hold = Hold.beforeRemovalsAreConfirmed(product.database())) {
            try {
                disconnect = threads.submit(device::disconnect);
                await().atMost(SOON)
                        .until(() -> server.peersInDatabase("REMOVING").containsKey(device.publicKey()));
            } finally {
                Program.run("kill", "-CONT", Long.toString(process.pid())).orFail();
            }
            // When: the connect has been through the host, and the removal has not.
            await().atMost(SOON).until(hold::isReached);

            // Then
            await().during(Duration.ofMillis(500)).atMost(SOON).until(() -> !disconnect.isDone());
        }
        assertThat(disconnect.get(30, TimeUnit.SECONDS).expect(200).data().getBoolean("confirmed"))
                .isTrue();
        assertThat(connect.get(30, TimeUnit.SECONDS).code())
                .as("no connection to show")
                .isEqualTo("ENDED_MEANWHILE");
        assertThat(server.peersOnHost()).isEmpty();
    }

    /** With the change in the device's queue. If it is being read when it stops, the change waits for that: once more then. */
    private Future<Api.Answer> connectToAHostThatHangs(MemberDevice device, ProcessHandle process) throws Exception {
        for (int tries = 0; tries < 5; tries++) {
            server.awaitReconciliation();
            Program.run("kill", "-STOP", Long.toString(process.pid())).orFail();
            Future<Api.Answer> connect = threads.submit(() -> device.connect(server.id));
            try {
                await().atMost(Duration.ofSeconds(3))
                        .until(() -> server.unreadByDevice() > HostedServer.BYTES_OF_A_READ);
                return connect;
            } catch (ConditionTimeoutException beingRead) {
                Program.run("kill", "-CONT", Long.toString(process.pid())).orFail();
                connect.get(30, TimeUnit.SECONDS);
                device.disconnect();
                await().atMost(SOON).until(() -> server.peersInDatabase("PENDING", "ACTIVE", "REMOVING")
                        .isEmpty());
            }
        }
        throw new AssertionError("the device was being read each time");
    }

    @Test
    void deletesAServerWhileItsMembersLeave() throws Exception {
        MemberDevice device = MemberDevice.addMany(product, 1, 1).get(0);
        device.connect(server.id).expect(200);

        Future<Api.Answer> disconnect;
        Future<?> delete;
        try (Hold hold = Hold.beforeRemovalsAreConfirmed(product.database())) {
            disconnect = threads.submit(device::disconnect);
            await().atMost(SOON).until(hold::isReached);
            delete = threads.submit(server::delete);
            await().atMost(SOON).until(hold::isQueuedBehind);
        }

        // Then: neither was thrown out by the database for waiting in a circle.
        assertThat(disconnect.get(30, TimeUnit.SECONDS).expect(200).data().getBoolean("confirmed"))
                .isTrue();
        delete.get(30, TimeUnit.SECONDS);
    }
}
