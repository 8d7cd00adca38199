package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.systemtests.DeviceProxy.Offset;
import io.vpnenterprise.systemtests.ServerHold.Where;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * SIGKILL to the application server, to PostgreSQL and to the devices, and connections to devices cut off, while members
 * connect and disconnect: on several servers at once, each at a point of its own that is reached before anything dies.
 * Afterwards each host is what the database says, and the database what the members were told.
 *
 * <p>{@code -Dchaos.points=N} goes on until N points were reached (under {@code -Pchaos} 200), {@code -Dchaos.seed=S} repeats
 * a run's choices.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetChaosIT {

    private static final int SERVERS = 6;
    private static final int FIRST_PORT = 51_840;
    private static final int MEMBERS_OF_A_SERVER = 3;
    private static final int DEVICES_OF_A_MEMBER = 3;
    private static final int FOREIGN_PEER_CAP = 3;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration REACHED_WITHIN = Duration.ofSeconds(60);
    private static final Duration INTERCEPTED_WITHIN = Duration.ofSeconds(60);
    private static final Duration RECOVERY = Duration.ofSeconds(15);

    /** A connector that hears nothing asks once more before it gives up. */
    private static final int MOST_CUTS = 3;

    /** Of each server, by which its members have found what died. */
    private static final int ANSWERS_AFTERWARDS = 10;

    private enum Victim {
        APPLICATION_SERVER,
        DATABASE,
        DEVICE,
        CONNECTOR
    }

    /** Where a server's writer is when something dies; with neither, wherever it happens to be. */
    private record Place(Optional<Where> hold, Optional<Offset> offset) {

        static final Place IN_FULL_RUN = new Place(Optional.empty(), Optional.empty());

        static Place of(Where hold) {
            return new Place(Optional.of(hold), Optional.empty());
        }

        static Place of(Offset offset) {
            return new Place(Optional.empty(), Optional.of(offset));
        }

        @Override
        public String toString() {
            return hold.<Enum<?>>map(where -> where)
                    .or(() -> offset)
                    .map(Enum::name)
                    .orElse("IN_FULL_RUN");
        }
    }

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Cleanup made = new Cleanup();
    private final Map<String, Integer> reached = new TreeMap<>();
    private final Map<Victim, List<Long>> convergedMillis = new TreeMap<>();
    private final List<Offset> undealt = new ArrayList<>();
    private int cutRemovals;
    private List<Lane> lanes;
    private Product product;

    @BeforeAll
    void start() throws Exception {
        Parts.requireForRealDevices();
        product = made.add(Product.start(Map.of(
                "VPN_ACCESS_FOREIGN_PEER_CAP",
                Integer.toString(FOREIGN_PEER_CAP),
                // So that a run of many rounds need not sign in again.
                "VPN_IDENTITY_ACCESS_TOKEN_LIFE",
                "PT1H")));
        ServerHold.prepare(product.database());
        lanes = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            NetworkNamespace host = made.add(new NetworkNamespace("chaos"));
            HostedServer server = made.add(HostedServer.create(product, host, "uapi", "192.0.2.1", FIRST_PORT + i));
            List<MemberDevice> devices = MemberDevice.addMany(product, MEMBERS_OF_A_SERVER, DEVICES_OF_A_MEMBER);
            lanes.add(made.add(new Lane(server, made.add(new MembersLoad(server, devices)), devices)));
        }
    }

    @AfterAll
    void removeAllThatWasMade() {
        made.close();
    }

    @Test
    void losesNobodyAndRevivesNobody() throws Exception {
        goThrough(Integer.getInteger("chaos.points", 10));
    }

    @Test
    @Tag("chaos")
    void losesNobodyAndRevivesNobodyInTwoHundredPoints() throws Exception {
        goThrough(Integer.getInteger("chaos.points", 200));
    }

    /** Each victim at least once. */
    private void goThrough(int points) throws Exception {
        System.out.println("FleetChaosIT: -Dchaos.seed=" + seed);
        lanes.forEach(lane -> lane.load.learn());
        List<Victim> victims = new ArrayList<>();
        for (int round = 0; round < Victim.values().length || pointsReached() < points; round++) {
            if (victims.isEmpty()) {
                victims.addAll(List.of(Victim.APPLICATION_SERVER, Victim.DATABASE, Victim.CONNECTOR));
                Collections.shuffle(victims, random);
                // Last, since new devices are not behind a proxy.
                victims.add(Victim.DEVICE);
                intercept();
            }
            Victim victim = victims.remove(0);
            try {
                kill(victim, deal(victim));
            } finally {
                lanes.forEach(lane -> lane.load.stopSoon());
            }
        }
        System.out.println("FleetChaosIT: " + pointsReached() + " points " + reached
                + ", converged within milliseconds " + convergedMillis);
    }

    /** From here on there is a proxy before each device. */
    private void intercept() throws Exception {
        await("proxies before all devices")
                .pollInterval(Duration.ofMillis(100))
                .atMost(INTERCEPTED_WITHIN)
                .until(() -> {
                    for (Lane lane : lanes) {
                        lane.intercept();
                    }
                    return lanes.stream().allMatch(Lane::isIntercepted);
                });
    }

    private int pointsReached() {
        return reached.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** A place for each server. */
    private List<Place> deal(Victim victim) {
        List<Place> places = new ArrayList<>(List.of(Place.of(Offset.IN_A_REMOVAL)));
        if (victim == Victim.APPLICATION_SERVER || victim == Victim.DATABASE) {
            places.add(Place.of(Where.BEFORE_HOST_WRITES));
        }
        if (victim != Victim.CONNECTOR) {
            places.add(Place.of(Where.BEFORE_CONNECTS_ARE_CONFIRMED));
            places.add(Place.of(Where.BEFORE_REMOVALS_ARE_CONFIRMED));
            places.add(Place.IN_FULL_RUN);
        }
        while (places.size() < lanes.size()) {
            places.add(Place.of(nextOffsetInAConnect()));
        }
        Collections.shuffle(places, random);
        return places;
    }

    /** All of them in turn, before one comes again. */
    private Offset nextOffsetInAConnect() {
        if (undealt.isEmpty()) {
            undealt.addAll(EnumSet.complementOf(EnumSet.of(Offset.IN_A_REMOVAL)));
            Collections.shuffle(undealt, random);
        }
        return undealt.remove(0);
    }

    /** The most first: the connector has given up then, and nobody may be told that his host has let go. */
    private int nextCutsOfRemovals() {
        return MOST_CUTS - cutRemovals++ % MOST_CUTS;
    }

    private void kill(Victim victim, List<Place> places) throws Exception {
        String what = victim + " at " + places + " with -Dchaos.seed=" + seed;
        lanes.forEach(lane -> lane.load.start(random));
        for (int i = 0; i < lanes.size(); i++) {
            lanes.get(i).arm(victim, places.get(i));
        }
        await(what).pollInterval(Duration.ofMillis(20)).atMost(REACHED_WITHIN).until(this::allAreReached);
        places.forEach(place -> reached.merge(victim + " " + place, 1, Integer::sum));

        switch (victim) {
            case APPLICATION_SERVER -> killApplicationServer();
            case DATABASE -> killDatabase();
            case DEVICE -> {
                for (Lane lane : lanes) {
                    lane.killDevice();
                }
                letTheLoadGoOn();
            }
            case CONNECTOR -> letTheLoadGoOn();
        }

        long began = System.nanoTime();
        await(what).pollInterval(Duration.ofMillis(100)).atMost(RECOVERY).untilAsserted(() -> {
            for (Lane lane : lanes) {
                lane.server.assertHostEqualsDatabaseWithPresharedKeys();
            }
        });
        convergedMillis.computeIfAbsent(victim, key -> new ArrayList<>()).add((System.nanoTime() - began) / 1_000_000);
        for (Lane lane : lanes) {
            lane.load.assertHostIsWhatMembersWereTold(what);
            lane.load.learn();
        }
    }

    private boolean allAreReached() throws Exception {
        for (Lane lane : lanes) {
            if (!lane.isReached()) {
                return false;
            }
        }
        return true;
    }

    /** While it is dead, an operator changes a host by hand. */
    private void killApplicationServer() throws Exception {
        lanes.forEach(lane -> lane.load.stopSoon());
        product.kill();
        for (Lane lane : lanes) {
            lane.load.stop();
        }
        ServerHold.endSessionsOfKilledServer(product.database());
        for (Lane lane : lanes) {
            lane.release(random.nextBoolean());
        }
        lanes.get(random.nextInt(lanes.size())).changeByHand();
        product.startServer();
    }

    private void killDatabase() throws Exception {
        product.killDatabase();
        for (Lane lane : lanes) {
            lane.release(random.nextBoolean());
        }
        // How long it is away.
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
        product.startDatabase();
        letTheLoadGoOn();
    }

    /** What died is found dead by members too. */
    private void letTheLoadGoOn() throws Exception {
        Map<Lane, Integer> before = lanes.stream().collect(Collectors.toMap(lane -> lane, lane -> lane.load.answers()));
        await("the load goes on, with -Dchaos.seed=" + seed)
                .pollInterval(Duration.ofMillis(20))
                .atMost(SOON)
                .until(() -> {
                    for (Lane lane : lanes) {
                        lane.load.requireGoingOn();
                    }
                    return lanes.stream()
                            .allMatch(lane -> lane.load.answers() >= before.get(lane) + ANSWERS_AFTERWARDS);
                });
        for (Lane lane : lanes) {
            lane.load.stop();
            lane.release(false);
        }
    }

    /** A server with its members, and what stops its writer or its device. */
    private final class Lane implements AutoCloseable {

        private final HostedServer server;
        private final List<MemberDevice> devices;
        private final MembersLoad load;
        private Victim victim;
        private Place place;
        private DeviceProxy proxy;
        private ServerHold hold;
        private int wanted;
        private long intercepted;

        private Lane(HostedServer server, MembersLoad load, List<MemberDevice> devices) {
            this.server = server;
            this.load = load;
            this.devices = devices;
        }

        /**
         * Whoever keeps a connection to a device loses it with the device, and the next one is the proxy's; again when the
         * platform was faster, and has the new device without a proxy.
         */
        void intercept() throws IOException {
            if (proxy != null && (isIntercepted() || System.nanoTime() - intercepted < RECOVERY.toNanos())) {
                return;
            }
            close();
            if (server.restartDeviceByHand()) {
                proxy = DeviceProxy.before(server.interfaceName);
                intercepted = System.nanoTime();
            }
        }

        boolean isIntercepted() {
            return proxy != null && proxy.hasPassedChanges();
        }

        void arm(Victim next, Place at) {
            victim = next;
            place = at;
            wanted = load.answers() + random.nextInt(10);
            at.hold().ifPresent(where -> hold = new ServerHold(product.database(), server.id, where));
            at.offset().ifPresent(offset -> {
                if (victim == Victim.CONNECTOR) {
                    wanted = offset == Offset.IN_A_REMOVAL ? nextCutsOfRemovals() : 1 + random.nextInt(MOST_CUTS);
                    proxy.cutAt(offset, wanted);
                } else {
                    proxy.holdAt(offset);
                }
            });
        }

        boolean isReached() throws Exception {
            load.requireGoingOn();
            if (hold != null) {
                return hold.isReached() && isUnderWay(place.hold().orElseThrow());
            }
            if (place.offset().isEmpty()) {
                return load.answers() >= wanted;
            }
            return victim == Victim.CONNECTOR ? proxy.cuts() == wanted : proxy.isHolding();
        }

        private boolean isUnderWay(Where where) {
            Set<String> onHost = new HashSet<>(server.keysOnHost());
            Set<String> pending = server.peersInDatabase("PENDING").keySet();
            Set<String> removing = server.peersInDatabase("REMOVING").keySet();
            return switch (where) {
                case BEFORE_HOST_WRITES ->
                    pending.stream().anyMatch(key -> !onHost.contains(key))
                            || removing.stream().anyMatch(onHost::contains);
                case BEFORE_CONNECTS_ARE_CONFIRMED -> pending.stream().anyMatch(onHost::contains);
                case BEFORE_REMOVALS_ARE_CONFIRMED -> removing.stream().anyMatch(key -> !onHost.contains(key));
            };
        }

        void killDevice() throws Exception {
            server.device().destroyForcibly();
            proxy.diesWithItsDevice();
            release(true);
            proxy = null;
        }

        /** Whatever is held goes on, but what is on its way to a device perhaps never arrives. */
        void release(boolean cut) throws SQLException {
            if (hold != null) {
                hold.close();
                hold = null;
            }
            if (proxy != null) {
                proxy.release(cut);
            }
        }

        /** Takes the proxy away. */
        @Override
        public void close() throws IOException {
            if (proxy != null) {
                proxy.close();
                proxy = null;
            }
        }

        void changeByHand() {
            server.keysOnHost().stream().limit(1).forEach(key -> server.changeByHand("peer", key, "remove"));
            server.changeByHand("peer", HostedServer.newPublicKey(), "allowed-ips", "10.255.255.1/32");
        }
    }

    @Test
    void repairsWhatWasChangedByHandWithinTheCap() throws IOException {
        HostedServer server = lanes.get(0).server;
        List<MemberDevice> members = lanes.get(0).devices.subList(0, 4);
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
        lanes.get(0).load.forget();
    }
}
