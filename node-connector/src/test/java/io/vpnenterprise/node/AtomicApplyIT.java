package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vpnenterprise.node.CuttingProxy.Fault;
import io.vpnenterprise.node.CuttingProxy.Offset;
import io.vpnenterprise.node.NodeException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens between the first byte of an apply and its answer: a real device has all of it or nothing, at once or
 * after the next call, and the peers that it does not name keep session and counters.
 */
@Timeout(180)
class AtomicApplyIT {

    private static final int PORT = 51_830;
    private static final int BASE = 300;
    private static final Duration DEADLINE = Duration.ofMillis(800);

    private final long seed = Long.getLong("atomic.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    static Path directory;

    private static Namespace host;
    private static String wg;
    private static TunnelClient client;
    private static PeerChange.Put live;
    private static CuttingProxy proxy;
    private static UapiDriver direct;

    private NodeSession session;
    private int nextAddress;

    /** A peer as the device has it, whatever it does. */
    private record Seen(Optional<WireGuardKey> presharedKey, Set<String> allowedIps) {}

    @BeforeAll
    static void makeADeviceBehindAProxy() throws IOException {
        Parts.require("wireguard-go", "wg", "nft", "ip", "ping", "setsid");
        host = new Namespace();
        wg = Namespace.newInterfaceName();
        direct = new UapiDriver(Optional.of(host.name));
        WireGuardKey privateKey = Keys.random();
        direct.ensureInterface(
                new InterfaceSpec(wg, privateKey, PORT, List.of("10.8.0.1/16", "fd00:8::1/64"), 1_420), soon());
        client = new TunnelClient(host);
        live = client.configure(Curve25519.publicKeyOf(privateKey), PORT);
        assertThat(direct.send(wg, List.of(live), soon())).isEmpty();
        client.assertReaches("10.8.0.1");
        proxy = new CuttingProxy(HostNodeContract.socket(wg), directory.resolve(wg + ".sock"));
    }

    @AfterAll
    static void removeAllThatWasMade() throws IOException {
        if (proxy != null) {
            proxy.close();
        }
        if (client != null) {
            client.close();
        }
        if (direct != null && host != null) {
            direct.removeInterface(wg, soon());
            direct.close();
            host.close();
        }
    }

    @BeforeEach
    void fillTheDevice() {
        System.out.println("AtomicApplyIT: -Datomic.seed=" + seed);
        List<PeerChange> changes = new ArrayList<>();
        seen().keySet().stream()
                .filter(key -> !key.equals(live.publicKey()))
                .forEach(key -> changes.add(new PeerChange.Remove(key)));
        for (int i = 0; i < BASE; i++) {
            changes.add(Keys.put(freshAddress(), "fd00:8::1:" + Integer.toHexString(i) + "/128"));
        }
        // Who has what an address turns into when its line is cut off.
        changes.add(Keys.put("0.0.0.0/3", "f000::/12", "8000::/1"));
        assertThat(direct.send(wg, changes, soon())).isEmpty();
        session = newSession();
    }

    @AfterEach
    void closeSession() {
        session.close();
    }

    static Stream<Arguments> offsets() {
        Random random = new Random();
        return Stream.of(
                arguments("before the first line", (Offset) request -> 0),
                arguments("within the first line", (Offset) request -> 3),
                arguments("after the first line", (Offset) request -> 6),
                arguments("within a public key", (Offset) request -> somewhere(random, request, "public_key=") + 40),
                arguments("between peers", (Offset) request -> somewhere(random, request, "public_key=")),
                arguments("within a preshared key", (Offset)
                        request -> somewhere(random, request, "preshared_key=") + 50),
                arguments("before the old addresses go", (Offset)
                        request -> somewhere(random, request, "replace_allowed_ips=")),
                arguments("before the addresses", (Offset) request -> somewhere(random, request, "allowed_ip=")),
                arguments("within an address", (Offset) request -> somewhere(random, request, "allowed_ip=") + 14),
                arguments("within an IPv4 prefix length", (Offset) request -> somewhere(random, request, "/32\n") + 2),
                arguments("within an IPv6 prefix length", (Offset) request -> somewhere(random, request, "/128\n") + 2),
                arguments("within a removal", (Offset) request -> somewhere(random, request, "remove=true") + 9),
                arguments("before the empty line", (Offset) request -> request.length() - 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("offsets")
    void isAllOrNothingWhereverTheRequestIsCut(String where, Offset offset) {
        assertEndsAtOneEnd(CuttingProxy.cutAfter(offset));
    }

    /** The device's read-back, the second sending, and the read-back after it: each is cut in its turn. */
    @ParameterizedTest(name = "{0}, and the recovery too")
    @MethodSource("offsets")
    void isAllOrNothingWhenTheRecoveryIsCutToo(String where, Offset offset) {
        assertEndsAtOneEnd(CuttingProxy.cutAfter(offset), cutAnswer(), cutAnswer());
        assertEndsAtOneEnd(CuttingProxy.cutAfter(offset), CuttingProxy.NONE, CuttingProxy.cutAfter(offset));
    }

    @Test
    void isAllOrNothingWhenTheAnswerIsCut() {
        assertEndsAtOneEnd((request, device, connector) -> {
            device.send(request);
            device.answer();
            return false;
        });
        assertEndsAtOneEnd(cutAnswer());
    }

    @Test
    void isAllOrNothingWhenTheDeviceIsSilent() {
        // It takes the request, and its answer comes after the deadline.
        CountDownLatch released = new CountDownLatch(1);
        assertEndsAtOneEnd(released, (request, device, connector) -> {
            device.send(request);
            await(released);
            CuttingProxy.write(connector, device.answer());
            return true;
        });
        // It takes half of it, and the rest after the deadline.
        CountDownLatch again = new CountDownLatch(1);
        assertEndsAtOneEnd(again, (request, device, connector) -> {
            device.send(request.substring(0, request.length() / 2));
            await(again);
            device.send(request.substring(request.length() / 2));
            CuttingProxy.write(connector, device.answer());
            return true;
        });
        // It takes half of it, and is cut off after the deadline.
        CountDownLatch last = new CountDownLatch(1);
        assertEndsAtOneEnd(last, (request, device, connector) -> {
            device.send(request.substring(0, request.length() / 2));
            await(last);
            return false;
        });
    }

    @Test
    void isNothingWhenTheDeviceRefusesAValueInMidBatch() {
        Map<WireGuardKey, Seen> before = seen();
        List<PeerChange> changes = someChanges(before);
        PeerChange bad = changes.get(changes.size() / 2);
        readOnce();
        Fault spoiled = (request, device, connector) -> {
            device.send(request.replace(bad.publicKey().hex(), "x".repeat(64)));
            CuttingProxy.write(connector, device.answer());
            return false;
        };
        proxy.plan(spoiled);

        NodeException refusal = assertThrows(NodeException.class, () -> session.apply(wg, changes));

        assertThat(refusal.reason()).isEqualTo(Reason.REFUSED);
        assertThat(refusal).hasMessageContaining(bad.publicKey().base64());
        assertThat(seen()).isEqualTo(before);
    }

    @Test
    void isNothingWhenTheCompensationIsCutToo() {
        Map<WireGuardKey, Seen> before = seen();
        List<PeerChange> changes = someChanges(before);
        WireGuardKey bad = changes.get(changes.size() / 2).publicKey();
        Fault spoiled = (request, device, connector) -> {
            device.send(request.replace(bad.hex(), "x".repeat(64)));
            CuttingProxy.write(connector, device.answer());
            return false;
        };
        readOnce();
        // Sent, read back, compensated in part. Then the next call: read back, sent again, read back, compensated.
        proxy.plan(
                spoiled,
                CuttingProxy.NONE,
                CuttingProxy.cutAfter(request -> request.length() / 2),
                CuttingProxy.NONE,
                spoiled);
        assertThat(assertThrows(NodeException.class, () -> session.apply(wg, changes))
                        .reason())
                .isEqualTo(Reason.UNAVAILABLE);

        session.read(wg);

        assertThat(proxy.isDone()).isTrue();
        assertThat(seen()).isEqualTo(before);
    }

    /** A hand changed what the batch touches since the last read: the end is one of the two all the same. */
    @Test
    void isNothingForTheTouchedPeersWhenAHandWasThereBefore() {
        List<PeerChange> changes = someChanges(seen());
        readOnce();
        PeerChange.Remove removed = changes.stream()
                .filter(PeerChange.Remove.class::isInstance)
                .map(PeerChange.Remove.class::cast)
                .findFirst()
                .orElseThrow();
        Seen was = seen().get(removed.publicKey());
        assertThat(direct.send(wg, List.of(removed), soon())).isEmpty();
        WireGuardKey bad = changes.get(changes.size() - 1).publicKey();
        proxy.plan((request, device, connector) -> {
            device.send(request.replace(bad.hex(), "x".repeat(64)));
            CuttingProxy.write(connector, device.answer());
            return false;
        });

        assertThat(assertThrows(NodeException.class, () -> session.apply(wg, changes))
                        .reason())
                .isEqualTo(Reason.REFUSED);

        assertThat(seen()).containsEntry(removed.publicKey(), was);
    }

    @Test
    void saysThatTheInterfaceIsGoneWhenTheDeviceDiesInMidWrite() throws IOException {
        try (Namespace elsewhere = new Namespace()) {
            String dying = Namespace.newInterfaceName();
            UapiDriver driver = new UapiDriver(Optional.of(elsewhere.name));
            InterfaceSpec spec = new InterfaceSpec(dying, Keys.random(), PORT, List.of("10.9.0.1/16"), 1_420);
            driver.ensureInterface(spec, soon());
            try (CuttingProxy killing =
                            new CuttingProxy(HostNodeContract.socket(dying), directory.resolve(dying + ".sock"));
                    NodeSession victim = newSession()) {
                killing.plan(CuttingProxy.NONE, (request, device, connector) -> {
                    device.send(request.substring(0, request.length() / 2));
                    kill(dying);
                    return false;
                });
                List<PeerChange> changes = List.of(Keys.put("10.9.0.2/32"), Keys.put("10.9.0.3/32"));

                assertThat(assertThrows(NodeException.class, () -> victim.apply(dying, changes))
                                .reason())
                        .isIn(Reason.UNAVAILABLE, Reason.NO_INTERFACE);

                driver.ensureInterface(spec, soon());
                assertThat(driver.peers(dying, soon()).peers().size()).isZero();
                victim.apply(dying, changes);
                assertThat(driver.peers(dying, soon()).peers().size()).isEqualTo(2);
            } finally {
                driver.removeInterface(dying, soon());
                driver.close();
            }
        }
    }

    @Test
    void refusesThePeerBeyondWhatTheDeviceHolds() {
        // Given: room for three, of which the connector knows.
        int missing = PeerTable.MAX_PEERS - 3 - seen().size();
        for (int from = 0; from < missing; from += PeerChange.MAX_BATCH) {
            List<PeerChange> batch = new ArrayList<>();
            for (int i = from; i < Math.min(missing, from + PeerChange.MAX_BATCH); i++) {
                batch.add(new PeerChange.Put(Keys.random(), WireGuardKey.NONE, List.of()));
            }
            assertThat(direct.send(wg, batch, soon())).isEmpty();
        }
        try (NodeSession patient = new NodeSession(
                new NodeTarget(UUID.randomUUID(), NodeTarget.Transport.UAPI, Optional.of(host.name)),
                new UapiDriver(directory, 64 << 20, new HostNetwork(new HostPrograms(), Optional.of(host.name))),
                Duration.ofSeconds(20),
                10)) {
            patient.apply(wg, List.of(new PeerChange.Remove(Keys.random())));
            Map<WireGuardKey, Seen> before = seen();

            // Four are refused before the device hears of any.
            List<PeerChange> four = List.of(fresh(), fresh(), fresh(), fresh());
            proxy.plan(CuttingProxy.NONE, (request, device, connector) -> {
                throw new AssertionError("sent");
            });
            NodeException refusal = assertThrows(NodeException.class, () -> patient.apply(wg, four));
            assertThat(refusal.reason()).isEqualTo(Reason.REFUSED);
            assertThat(refusal).hasMessageContaining(four.get(3).publicKey().base64());
            proxy.plan();
            assertThat(seen()).isEqualTo(before);

            // A hand took two of the three places, of which the connector does not know: the device refuses in
            // mid-batch.
            assertThat(direct.send(wg, List.of(fresh(), fresh()), soon())).isEmpty();
            Map<WireGuardKey, Seen> byHand = seen();
            List<PeerChange> three = List.of(fresh(), fresh(), fresh());
            refusal = assertThrows(NodeException.class, () -> patient.apply(wg, three));
            assertThat(refusal.reason()).isEqualTo(Reason.REFUSED);
            assertThat(refusal).hasMessageContaining(three.get(1).publicKey().base64());
            assertThat(seen()).isEqualTo(byHand);
        }
    }

    private void assertEndsAtOneEnd(Fault... faults) {
        assertEndsAtOneEnd(new CountDownLatch(0), faults);
    }

    /**
     * Applies changes while all this goes wrong, then reads, for which the connector first ends what it began.
     *
     * @param released counted down after the apply
     */
    private void assertEndsAtOneEnd(CountDownLatch released, Fault... faults) {
        Map<WireGuardKey, Seen> before = seen();
        List<PeerChange> changes = someChanges(before);
        Map<WireGuardKey, Seen> after = expected(before, changes);
        PeerState liveBefore = liveState();
        // The mirror comes from a read, which is not the exchange that the faults are for.
        readOnce();
        proxy.plan(faults);

        boolean done = false;
        try {
            session.apply(wg, changes);
            done = true;
        } catch (NodeException e) {
            assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.UNAVAILABLE);
        }
        released.countDown();
        if (!done) {
            recoverByReading();
        }

        // Where all of it was there already, nothing was sent again that could have been cut.
        proxy.plan();
        Map<WireGuardKey, Seen> found = seen();
        if (done) {
            assertThat(found).isEqualTo(after);
        } else {
            assertThat(found).isIn(before, after);
        }
        PeerState liveAfter = liveState();
        assertThat(liveAfter.latestHandshake()).isEqualTo(liveBefore.latestHandshake());
        assertThat(liveAfter.received()).isGreaterThanOrEqualTo(liveBefore.received());
        assertThat(liveAfter.sent()).isGreaterThanOrEqualTo(liveBefore.sent());
        assertThat(liveAfter.endpoint()).isEqualTo(liveBefore.endpoint());
    }

    /** Cut off while the faults go on, which is not the recovery that counts. */
    private void recoverByReading() {
        while (!proxy.isDone()) {
            try {
                session.read(wg);
                return;
            } catch (NodeException e) {
                assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.UNAVAILABLE);
            }
        }
        session.read(wg);
    }

    private void readOnce() {
        proxy.plan();
        session.apply(wg, List.of(new PeerChange.Remove(Keys.random())));
    }

    /** New peers, removed ones, changed ones, and new ones that take a network from others. */
    private List<PeerChange> someChanges(Map<WireGuardKey, Seen> present) {
        List<WireGuardKey> keys = new ArrayList<>(present.keySet());
        keys.remove(live.publicKey());
        keys.removeIf(key -> present.get(key).allowedIps().size() != 2);
        keys.sort((one, other) -> one.hex().compareTo(other.hex()));
        Collections.shuffle(keys, random);
        List<PeerChange> changes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            changes.add(Keys.put(freshAddress(), "fd00:8::2:" + Integer.toHexString(nextAddress) + "/128"));
            changes.add(new PeerChange.Remove(keys.get(i)));
            changes.add(new PeerChange.Put(keys.get(10 + i), Keys.random(), List.of(freshAddress())));
            changes.add(Keys.put(
                    present.get(keys.get(20 + i)).allowedIps().iterator().next()));
        }
        Collections.shuffle(changes, random);
        return changes;
    }

    /** What WireGuard makes of changes, said in another way than the connector's. */
    private static Map<WireGuardKey, Seen> expected(Map<WireGuardKey, Seen> before, List<PeerChange> changes) {
        Map<WireGuardKey, Seen> after = new HashMap<>(before);
        for (PeerChange change : changes) {
            after.remove(change.publicKey());
            if (change instanceof PeerChange.Put put) {
                after.replaceAll((key, peer) -> {
                    Set<String> rest = new TreeSet<>(peer.allowedIps());
                    rest.removeAll(put.allowedIps());
                    return new Seen(peer.presharedKey(), rest);
                });
                after.put(put.publicKey(), new Seen(Optional.of(put.presharedKey()), new TreeSet<>(put.allowedIps())));
            }
        }
        return after;
    }

    private static Map<WireGuardKey, Seen> seen() {
        Map<WireGuardKey, Seen> peers = new HashMap<>();
        direct.state(wg, soon())
                .peers()
                .forEach(peer ->
                        peers.put(peer.publicKey(), new Seen(peer.presharedKey(), new TreeSet<>(peer.allowedIps()))));
        return peers;
    }

    private static PeerState liveState() {
        PeerState state = direct.state(wg, soon()).peers().stream()
                .filter(peer -> peer.publicKey().equals(live.publicKey()))
                .findFirst()
                .orElseThrow();
        assertThat(state.latestHandshake().map(Instant::toEpochMilli)).isPresent();
        return state;
    }

    private String freshAddress() {
        nextAddress++;
        return "10.8." + (1 + nextAddress / 250) + "." + (1 + nextAddress % 250) + "/32";
    }

    private PeerChange fresh() {
        return new PeerChange.Put(Keys.random(), Keys.random(), List.of());
    }

    private static NodeSession newSession() {
        return new NodeSession(
                new NodeTarget(UUID.randomUUID(), NodeTarget.Transport.UAPI, Optional.of(host.name)),
                new UapiDriver(directory, 64 << 20, new HostNetwork(new HostPrograms(), Optional.of(host.name))),
                DEADLINE,
                10);
    }

    /** The answer is cut off after some bytes of it. */
    private static Fault cutAnswer() {
        return (request, device, connector) -> {
            device.send(request);
            CuttingProxy.write(connector, device.answer().substring(0, 5));
            return false;
        };
    }

    private static int somewhere(Random random, String request, String what) {
        List<Integer> places = new ArrayList<>();
        for (int at = request.indexOf(what); at >= 0; at = request.indexOf(what, at + 1)) {
            places.add(at);
        }
        // What is sent in a recovery may have none.
        return places.isEmpty() ? request.length() / 2 : places.get(random.nextInt(places.size()));
    }

    private static void kill(String interfaceName) {
        ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .filter(arguments -> List.of(arguments).contains(interfaceName))
                        .isPresent())
                .forEach(ProcessHandle::destroyForcibly);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(60));
    }
}
