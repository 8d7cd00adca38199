package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * SIGKILL to the server while members connect and disconnect, at every point between the first commit, the host and the
 * second commit; and an operator who changes the host by hand. Afterwards the host is what the database says, and the
 * database what the members were told.
 *
 * <p>{@code -Dcrash.rounds=N} goes through all points N times, {@code -Dcrash.seed=S} repeats a run's choices.
 */
class CrashRecoveryIT {

    private static final int PORT = 51_832;
    private static final int FOREIGN_PEER_CAP = 3;
    private static final Duration RECOVERY = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Devices that connect, and as many that disconnect, while the server dies; and before that, each way. */
    private static final int UNDER_WAY = 5;

    private static final int ANSWERED = 2;

    /** Where the server dies. */
    private enum Point {
        AFTER_FIRST_COMMIT,
        WHILE_HOST_TAKES_CONNECTS,
        WHILE_HOST_TAKES_REMOVALS,
        BEFORE_CONNECTS_ARE_CONFIRMED,
        BEFORE_REMOVALS_ARE_CONFIRMED,
        /** Anywhere: as soon as some of those under way have their answers. */
        IN_FULL_RUN
    }

    private static final Cleanup MADE = new Cleanup();
    private static Product product;
    private static HostedServer server;
    private static List<MemberDevice> devices;

    private final long seed = Long.getLong("crash.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** Devices whose last answer says connected, and those whose last says disconnected. */
    private final Set<MemberDevice> connected = new HashSet<>();

    private final Set<MemberDevice> disconnected = new HashSet<>();

    @BeforeAll
    static void start() {
        Parts.requireForRealDevices("ss");
        product = MADE.add(Product.start(Map.of(
                "VPN_ACCESS_FOREIGN_PEER_CAP",
                Integer.toString(FOREIGN_PEER_CAP),
                // So that a run of many rounds need not sign in again.
                "VPN_IDENTITY_ACCESS_TOKEN_LIFE",
                "PT1H")));
        NetworkNamespace host = MADE.add(new NetworkNamespace("crash"));
        server = MADE.add(HostedServer.create(product, host, "uapi", "192.0.2.1", PORT));
        devices = MemberDevice.addMany(product, 3, 10);
    }

    @AfterAll
    static void removeAllThatWasMade() {
        MADE.close();
    }

    @Test
    void forgetsNobodyAndRevivesNobodyWhereverTheServerIsKilled() throws Exception {
        System.out.println("CrashRecoveryIT: -Dcrash.seed=" + seed);
        devices.forEach(device -> told(device, server.peersOnHost().containsKey(device.publicKey())));
        Map<Point, Integer> reached = new EnumMap<>(Point.class);

        for (int round = 0; round < Integer.getInteger("crash.rounds", 1); round++) {
            List<Point> points = new ArrayList<>(List.of(Point.values()));
            Collections.shuffle(points, random);
            for (Point point : points) {
                balance();
                killAndRecover(point);
                reached.merge(point, 1, Integer::sum);
            }
        }

        System.out.println("CrashRecoveryIT: killed at " + reached);
        assertThat(reached).containsOnlyKeys(Point.values());
        server.assertAddressesAreAccountedFor();
    }

    /** As many connected as not: what a kill cut off may have gone either way. */
    private void balance() {
        int half = devices.size() / 2;
        someOf(connected, Math.max(0, connected.size() - half))
                .forEach(device -> told(device, false, device.disconnect()));
        someOf(disconnected, Math.max(0, disconnected.size() - half))
                .forEach(device -> told(device, true, device.connect(server.id)));
    }

    private void killAndRecover(Point point) throws Exception {
        // Given: some have just had their answers, others are under way.
        List<MemberDevice> toConnect = someOf(disconnected, UNDER_WAY + ANSWERED);
        List<MemberDevice> toDisconnect = someOf(connected, UNDER_WAY + ANSWERED);
        List<MemberDevice> staying = someOf(without(connected, toDisconnect), 2);
        toConnect.subList(UNDER_WAY, toConnect.size()).forEach(device -> told(device, true, device.connect(server.id)));
        toDisconnect
                .subList(UNDER_WAY, toDisconnect.size())
                .forEach(device -> told(device, false, device.disconnect()));
        Traffic traffic = new Traffic(toConnect.subList(0, UNDER_WAY), toDisconnect.subList(0, UNDER_WAY));

        // When
        Set<String> revoked;
        try (traffic) {
            revoked = killAt(point, traffic);
            traffic.collect();
        }
        // While it is dead, the operator removes a peer and adds one.
        server.changeByHand("peer", staying.get(0).publicKey(), "remove");
        server.changeByHand("peer", HostedServer.newPublicKey(), "allowed-ips", "10.255.255.1/32");
        product.startServer();

        // Then
        await(point + " with -Dcrash.seed=" + seed).atMost(RECOVERY).untilAsserted(server::assertHostEqualsDatabase);
        Set<String> onHost = server.peersOnHost().keySet();
        assertThat(onHost).as("who was told connected").containsAll(keys(connected));
        assertThat(onHost).as("who was told disconnected").noneMatch(keys(disconnected)::contains);
        assertThat(onHost).as("whose end was committed").noneMatch(revoked::contains);
        assertEachCanStillUseHisConfiguration();
        // Those whose answer was cut off: from now on they are what the product made of them.
        for (MemberDevice device : devices) {
            told(device, onHost.contains(device.publicKey()));
        }
    }

    /** Returns the keys of those whose end was committed before the server died. */
    private Set<String> killAt(Point point, Traffic traffic) throws Exception {
        return switch (point) {
            case AFTER_FIRST_COMMIT -> killAfterFirstCommit(traffic);
            case WHILE_HOST_TAKES_CONNECTS -> killWhileHostTakes(traffic::connect, traffic::disconnect, traffic);
            case WHILE_HOST_TAKES_REMOVALS -> killWhileHostTakes(traffic::disconnect, traffic::connect, traffic);
            case BEFORE_CONNECTS_ARE_CONFIRMED -> {
                try (Hold hold = Hold.beforeConnectsAreConfirmed(product.database())) {
                    yield killWhenHeld(hold, traffic, () -> onHostOf("PENDING") > 0 && !traffic.hasConnected());
                }
            }
            case BEFORE_REMOVALS_ARE_CONFIRMED -> {
                try (Hold hold = Hold.beforeRemovalsAreConfirmed(product.database())) {
                    yield killWhenHeld(
                            hold,
                            traffic,
                            () -> onHostOf("REMOVING")
                                            < keysInDatabase("REMOVING").size()
                                    && !traffic.hasDisconnected());
                }
            }
            case IN_FULL_RUN -> killInFullRun(traffic);
        };
    }

    /** All rows are committed, and the host knows of nothing yet. */
    private Set<String> killAfterFirstCommit(Traffic traffic) throws Exception {
        try (Hold hold = Hold.beforeHostWrites(product.database())) {
            await().atMost(SOON).until(hold::isReached);
            return killWhenHeld(
                    hold,
                    traffic,
                    () -> keysInDatabase("PENDING").size() == UNDER_WAY
                            && keysInDatabase("REMOVING").size() == UNDER_WAY
                            && onHostOf("PENDING") == 0
                            && onHostOf("REMOVING") == UNDER_WAY
                            && traffic.isUnanswered());
        }
    }

    private Set<String> killWhenHeld(Hold hold, Traffic traffic, Callable<Boolean> there) throws Exception {
        traffic.connect();
        traffic.disconnect();
        await().atMost(SOON).until(() -> hold.isReached() && there.call());
        Set<String> revoked = keysInDatabase("REMOVING");
        product.kill();
        hold.endSessionsOfKilledServer();
        return revoked;
    }

    /** The device is stopped, so that what it is asked lies in its queue when the asker dies; then it goes on. */
    private Set<String> killWhileHostTakes(Runnable first, Runnable then, Traffic traffic) throws Exception {
        server.awaitReconciliation();
        String process = Long.toString(server.device().pid());
        Map<String, HostedServer.Peer> before = server.peersOnHost();
        Set<String> revoked;
        Program.run("kill", "-STOP", process).orFail();
        try {
            first.run();
            await().atMost(SOON).until(() -> server.unreadByDevice() > HostedServer.BYTES_OF_A_READ);
            then.run();
            await().atMost(SOON)
                    .until(() -> keysInDatabase("PENDING").size() == UNDER_WAY
                            && keysInDatabase("REMOVING").size() == UNDER_WAY);
            assertThat(traffic.isUnanswered()).isTrue();
            revoked = keysInDatabase("REMOVING");
            product.kill();
        } finally {
            Program.run("kill", "-CONT", process).orFail();
        }
        // The dead server's last word.
        await().atMost(SOON).until(() -> !server.peersOnHost().keySet().equals(before.keySet()));
        return revoked;
    }

    private Set<String> killInFullRun(Traffic traffic) {
        int answers = random.nextInt(2 * UNDER_WAY);
        traffic.connect();
        traffic.disconnect();
        await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> traffic.answers() >= answers);
        product.kill();
        return Set.of();
    }

    /** The preshared key and the addresses that the member gets shown are those on the host. */
    private void assertEachCanStillUseHisConfiguration() {
        Map<String, HostedServer.Peer> onHost = server.peersOnHost();
        for (MemberDevice device : devices) {
            HostedServer.Peer peer = onHost.get(device.publicKey());
            if (peer != null) {
                assertThat(device.connect(server.id).expect(200).data().getString("presharedKey"))
                        .isEqualTo(peer.presharedKey());
            }
        }
    }

    @Test
    void repairsWhatWasChangedByHandWithinTheCap() throws IOException {
        List<MemberDevice> members = devices.subList(0, 4);
        members.forEach(device -> device.connect(server.id).expect(200));
        await().atMost(SOON).untilAsserted(server::assertHostEqualsDatabase);
        Map<String, HostedServer.Peer> right = server.peersOnHost();
        String address =
                right.get(members.get(3).publicKey()).allowedIps().iterator().next();

        // Given: one removed, one without addresses, one without its preshared key, and a stranger with another's
        // address
        server.changeByHand("peer", members.get(0).publicKey(), "remove");
        server.changeByHand("peer", members.get(1).publicKey(), "allowed-ips", "");
        server.changeByHand("peer", members.get(2).publicKey(), "preshared-key", "/dev/null");
        server.changeByHand("peer", HostedServer.newPublicKey(), "allowed-ips", address);
        server.changeByHand("peer", HostedServer.newPublicKey());
        server.changeByHand("peer", HostedServer.newPublicKey());
        assertThat(server.peersOnHost()).isNotEqualTo(right);
        // Then
        await().atMost(RECOVERY)
                .untilAsserted(() -> assertThat(server.peersOnHost()).isEqualTo(right));

        // Given: one stranger more than the cap
        Set<String> strangers = Stream.generate(HostedServer::newPublicKey)
                .limit(FOREIGN_PEER_CAP + 1)
                .collect(Collectors.toSet());
        strangers.forEach(stranger -> server.changeByHand("peer", stranger));
        server.changeByHand("peer", members.get(0).publicKey(), "remove");
        // Then: the missing one is back, the strangers are left alone, and the operator can read it.
        await().atMost(RECOVERY)
                .until(() -> server.peersOnHost().containsKey(members.get(0).publicKey()));
        assertThat(server.peersOnHost().keySet()).containsAll(strangers);
        await().atMost(RECOVERY).untilAsserted(() -> assertThat(product.loggedText())
                .contains((FOREIGN_PEER_CAP + 1) + " peers on the host are not in the database, more than "
                        + FOREIGN_PEER_CAP + ": left alone"));

        // Given: he removes one of them himself
        server.changeByHand("peer", strangers.iterator().next(), "remove");
        // Then
        await().atMost(RECOVERY)
                .untilAsserted(() -> assertThat(server.peersOnHost()).isEqualTo(right));
    }

    /** Connects and disconnects of some devices, at once. */
    private final class Traffic implements AutoCloseable {

        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final List<MemberDevice> toConnect;
        private final List<MemberDevice> toDisconnect;
        private final Map<MemberDevice, Future<Api.Answer>> connects = new LinkedHashMap<>();
        private final Map<MemberDevice, Future<Api.Answer>> disconnects = new LinkedHashMap<>();
        private final AtomicInteger answers = new AtomicInteger();

        private Traffic(List<MemberDevice> toConnect, List<MemberDevice> toDisconnect) {
            this.toConnect = toConnect;
            this.toDisconnect = toDisconnect;
        }

        void connect() {
            toConnect.forEach(device -> connects.put(device, threads.submit(() -> counted(device.connect(server.id)))));
        }

        void disconnect() {
            toDisconnect.forEach(device -> disconnects.put(device, threads.submit(() -> counted(device.disconnect()))));
        }

        int answers() {
            return answers.get();
        }

        boolean isUnanswered() {
            return answers() == 0;
        }

        boolean hasConnected() {
            return connects.values().stream().anyMatch(Future::isDone);
        }

        boolean hasDisconnected() {
            return disconnects.values().stream().anyMatch(Future::isDone);
        }

        /** Notes the answers that came; of the others nobody was told anything. */
        void collect() throws InterruptedException, TimeoutException {
            collect(connects, true);
            collect(disconnects, false);
        }

        private void collect(Map<MemberDevice, Future<Api.Answer>> answers, boolean nowConnected)
                throws InterruptedException, TimeoutException {
            for (Map.Entry<MemberDevice, Future<Api.Answer>> entry : answers.entrySet()) {
                try {
                    told(entry.getKey(), nowConnected, entry.getValue().get(40, TimeUnit.SECONDS));
                } catch (ExecutionException e) {
                    assertThat(e).as("cut off").hasCauseInstanceOf(UncheckedIOException.class);
                    connected.remove(entry.getKey());
                    disconnected.remove(entry.getKey());
                }
            }
        }

        private Api.Answer counted(Api.Answer answer) {
            answers.incrementAndGet();
            return answer;
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }

    private void told(MemberDevice device, boolean nowConnected, Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isBetween(200, 299);
        told(device, nowConnected);
    }

    private void told(MemberDevice device, boolean nowConnected) {
        (nowConnected ? disconnected : connected).remove(device);
        (nowConnected ? connected : disconnected).add(device);
    }

    private Set<String> keysInDatabase(String state) {
        return server.peersInDatabase(state).keySet();
    }

    /** How many of those in a state the host has. */
    private long onHostOf(String state) {
        Set<String> keys = keysInDatabase(state);
        return server.peersOnHost().keySet().stream().filter(keys::contains).count();
    }

    private List<MemberDevice> someOf(Collection<MemberDevice> all, int count) {
        // In the order of their making: what is drawn from them depends on the seed alone.
        List<MemberDevice> some = new ArrayList<>(devices);
        some.retainAll(all);
        Collections.shuffle(some, random);
        assertThat(some).hasSizeGreaterThanOrEqualTo(count);
        return some.subList(0, count);
    }

    private static Collection<MemberDevice> without(Collection<MemberDevice> all, Collection<MemberDevice> some) {
        Set<MemberDevice> rest = new HashSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    private static Set<String> keys(Collection<MemberDevice> devices) {
        return devices.stream().map(MemberDevice::publicKey).collect(Collectors.toSet());
    }
}
