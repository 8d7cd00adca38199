package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vpnenterprise.node.NodeException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every node does, whatever its transport. */
@Timeout(120)
abstract class NodeConnectionContract {

    static final int PORT = 51_820;

    final String wg = Namespace.newInterfaceName();
    final WireGuardKey privateKey = Keys.random();
    final InterfaceSpec spec = spec(wg, PORT);

    Unmanaged adapter;
    NodeConnection node;

    abstract NodeTarget target();

    @BeforeEach
    void connect() {
        adapter = new Unmanaged();
        node = adapter.connect(target());
    }

    @AfterEach
    void stopAdapter() {
        if (adapter != null) {
            adapter.close();
        }
    }

    @Test
    void answersThatItIsLikelyToWork() {
        node.check();
    }

    @Test
    void makesAnInterface() {
        node.ensureInterface(spec);

        InterfaceState state = node.read(wg);
        assertThat(state.publicKey()).isEqualTo(Curve25519.publicKeyOf(privateKey));
        assertThat(state.listenPort()).isEqualTo(PORT);
        assertThat(state.peers()).isEmpty();
    }

    @Test
    void makesAnInterfaceOnceHoweverOftenItIsAsked() {
        PeerChange.Put peer = Keys.put("10.8.0.2/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(peer));

        node.ensureInterface(spec);

        assertHolds(node.read(wg), peer);
    }

    @Test
    void changesKeyAndPortOfAnInterfaceAndLeavesItsPeers() {
        PeerChange.Put peer = Keys.put("10.8.0.2/32");
        WireGuardKey newKey = Keys.random();
        node.ensureInterface(spec);
        node.apply(wg, List.of(peer));

        node.ensureInterface(new InterfaceSpec(wg, newKey, PORT + 1, spec.addresses(), spec.mtu()));

        InterfaceState state = node.read(wg);
        assertThat(state.publicKey()).isEqualTo(Curve25519.publicKeyOf(newKey));
        assertThat(state.listenPort()).isEqualTo(PORT + 1);
        assertHolds(state, peer);
    }

    @Test
    void holdsPeersToTheirRatesAndLetsThemGoWithThem() {
        PeerChange.Put slow = rated(Keys.put("10.8.0.2/32", "fd00:8::2/128"), 1_000);
        PeerChange.Put fast = rated(Keys.put("10.8.0.3/32"), 50_000);
        PeerChange.Put free = Keys.put("10.8.0.4/32");
        node.ensureInterface(spec);
        assertThat(node.rates(wg)).isEmpty();

        node.apply(wg, List.of(slow, fast, free));
        assertThat(node.rates(wg))
                .isEqualTo(Map.of(
                        slow.publicKey(), new PeerRate(List.of("10.8.0.2/32", "fd00:8::2/128"), 1_000),
                        fast.publicKey(), new PeerRate(List.of("10.8.0.3/32"), 50_000)));

        // Changed, with the addresses of one that goes, lifted, and through an interface that is ensured again.
        PeerChange.Put faster = rated(slow, 2_000);
        PeerChange.Put successor = rated(Keys.put("10.8.0.3/32"), 64);
        node.apply(wg, List.of(new PeerChange.Remove(fast.publicKey()), faster, successor));
        node.ensureInterface(spec);
        assertThat(node.rates(wg))
                .isEqualTo(Map.of(
                        slow.publicKey(), new PeerRate(List.of("10.8.0.2/32", "fd00:8::2/128"), 2_000),
                        successor.publicKey(), new PeerRate(List.of("10.8.0.3/32"), 64)));
        try (Unmanaged restarted = new Unmanaged();
                NodeConnection afterwards = restarted.connect(target())) {
            NodeConnection connection = sharesHost() ? afterwards : node;
            connection.apply(wg, List.of(new PeerChange.Put(slow.publicKey(), slow.presharedKey(), slow.allowedIps())));
            connection.apply(wg, List.of(new PeerChange.Remove(successor.publicKey())));
            assertThat(connection.rates(wg)).isEmpty();
        }
    }

    /** Whether another adapter sees the same host. */
    boolean sharesHost() {
        return true;
    }

    static PeerChange.Put rated(PeerChange.Put put, int kbitPerSecond) {
        return new PeerChange.Put(put.publicKey(), put.presharedKey(), put.allowedIps(), Optional.of(kbitPerSecond));
    }

    @Test
    void removesAnInterface() {
        node.ensureInterface(spec);

        node.removeInterface(wg);

        assertReason(Reason.NO_INTERFACE, () -> node.read(wg));
        node.removeInterface(wg);
    }

    @Test
    void makesARemovedInterfaceAgainWithoutItsPeers() {
        node.ensureInterface(spec);
        node.apply(wg, List.of(Keys.put("10.8.0.2/32")));
        node.removeInterface(wg);

        node.ensureInterface(spec);

        assertThat(node.read(wg).peers()).isEmpty();
    }

    @Test
    void refusesAPortInUseAndLeavesNothingBehind() {
        node.ensureInterface(spec);
        String other = Namespace.newInterfaceName();

        assertReason(Reason.REFUSED, () -> node.ensureInterface(spec(other, PORT)));

        assertReason(Reason.NO_INTERFACE, () -> node.read(other));
    }

    @Test
    void keepsItsPortWhenTheNewOneIsInUse() {
        String other = Namespace.newInterfaceName();
        node.ensureInterface(spec);
        node.ensureInterface(spec(other, PORT + 1));
        try {
            assertReason(Reason.REFUSED, () -> node.ensureInterface(spec(wg, PORT + 1)));

            assertThat(node.read(wg).listenPort()).isEqualTo(PORT);
        } finally {
            node.removeInterface(other);
        }
    }

    @Test
    void refusesAnAddressThatIsNone() {
        InterfaceSpec bad = new InterfaceSpec(wg, privateKey, PORT, List.of("10.8.0.300/24"), 1_420);

        assertReason(Reason.REFUSED, () -> node.ensureInterface(bad));

        assertReason(Reason.NO_INTERFACE, () -> node.read(wg));
    }

    @Test
    void saysThatAnInterfaceIsMissing() {
        assertReason(Reason.NO_INTERFACE, () -> node.read(wg));
        assertReason(Reason.NO_INTERFACE, () -> node.apply(wg, List.of(Keys.put("10.8.0.2/32"))));
        assertReason(
                Reason.NO_INTERFACE,
                () -> node.apply(wg, List.of(new PeerChange.Remove(Keys.put().publicKey()))));
        node.removeInterface(wg);
    }

    @Test
    void describesAnInterfaceSoThatItCanBeMadeAgain() {
        PeerChange.Put roams = Keys.put("10.8.0.2/32", "192.168.7.0/24");
        PeerChange.Put open =
                new PeerChange.Put(Keys.random(), WireGuardKey.NONE, List.of("fd00:8::2/128"), Optional.empty());
        InterfaceSpec other = new InterfaceSpec(
                wg, Curve25519.clamped(privateKey), PORT, List.of("10.8.0.1/24", "10.9.0.1/16", "fd00:8::1/64"), 1_380);
        node.ensureInterface(other);
        node.apply(wg, List.of(roams, open));

        ExistingInterface found = node.describe(wg);

        assertThat(found.spec())
                .usingRecursiveComparison()
                .ignoringCollectionOrder()
                .isEqualTo(other);
        assertHolds(new InterfaceState(Curve25519.publicKeyOf(privateKey), PORT, found.peers()), roams, open);
        node.removeInterface(wg);
        assertReason(Reason.NO_INTERFACE, () -> node.describe(wg));
        node.ensureInterface(found.spec());
        assertThat(node.describe(wg).incarnation()).isNotEqualTo(found.incarnation());
        assertThat(node.describe(wg).spec())
                .usingRecursiveComparison()
                .ignoringCollectionOrder()
                .isEqualTo(other);
    }

    @Test
    void putsPeers() {
        PeerChange.Put first = Keys.put("10.8.0.2/32", "fd00:8::2/128");
        PeerChange.Put second = Keys.put("10.8.0.3/32");
        node.ensureInterface(spec);

        node.apply(wg, List.of(first, second));

        assertHolds(node.read(wg), first, second);
    }

    @Test
    void replacesThePresharedKeyAndAllAllowedIpsOfAPeer() {
        PeerChange.Put before = Keys.put("10.8.0.2/32", "fd00:8::2/128");
        PeerChange.Put after = new PeerChange.Put(before.publicKey(), Keys.random(), List.of("10.8.0.9/32"));
        node.ensureInterface(spec);
        node.apply(wg, List.of(before));

        node.apply(wg, List.of(after));

        assertHolds(node.read(wg), after);
    }

    @Test
    void takesAllAllowedIpsFromAPeer() {
        PeerChange.Put before = Keys.put("10.8.0.2/32");
        PeerChange.Put after = new PeerChange.Put(before.publicKey(), before.presharedKey(), List.of());
        node.ensureInterface(spec);
        node.apply(wg, List.of(before));

        node.apply(wg, List.of(after));

        assertHolds(node.read(wg), after);
    }

    @Test
    void appliesTheSameChangesTwiceWithTheSameResult() {
        PeerChange.Put stays = Keys.put("10.8.0.2/32");
        PeerChange.Put goes = Keys.put("10.8.0.3/32");
        List<PeerChange> changes = List.of(stays, new PeerChange.Remove(goes.publicKey()));
        node.ensureInterface(spec);
        node.apply(wg, List.of(goes));

        node.apply(wg, changes);
        node.apply(wg, changes);

        assertHolds(node.read(wg), stays);
    }

    @Test
    void movesAnAllowedIpToThePeerThatIsGivenIt() {
        PeerChange.Put loser = Keys.put("10.8.0.2/32", "10.8.0.3/32");
        PeerChange.Put winner = Keys.put("10.8.0.2/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(loser));

        node.apply(wg, List.of(winner));

        assertHolds(
                node.read(wg),
                new PeerChange.Put(loser.publicKey(), loser.presharedKey(), List.of("10.8.0.3/32")),
                winner);
    }

    @Test
    void refusesChangesThatContradictEachOther() {
        PeerChange.Put there = Keys.put("10.8.0.2/32");
        PeerChange.Put other = Keys.put("10.8.0.3/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(there));

        assertRefuses(there, List.of(other, there, new PeerChange.Remove(there.publicKey())));
        PeerChange.Put sameNetwork = Keys.put("10.8.0.3/32");
        assertRefuses(sameNetwork, List.of(other, sameNetwork));

        assertHolds(node.read(wg), there);
    }

    @Test
    void takesAwayAPresharedKey() {
        PeerChange.Put with = Keys.put("10.8.0.2/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(with));

        node.apply(wg, List.of(new PeerChange.Put(with.publicKey(), WireGuardKey.NONE, with.allowedIps())));

        assertThat(node.read(wg).peers().get(0).presharedKey()).isEmpty();
    }

    @Test
    void givesTheAddressOfARemovedPeerToAnotherInOneApply() {
        PeerChange.Put old = Keys.put("10.8.0.2/32");
        PeerChange.Put young = Keys.put("10.8.0.2/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(old));

        node.apply(wg, List.of(young, new PeerChange.Remove(old.publicKey())));

        assertHolds(node.read(wg), young);
    }

    @Test
    void removesPeersAndTakesAbsentOnesForRemoved() {
        PeerChange.Put first = Keys.put("10.8.0.2/32");
        PeerChange.Put second = Keys.put("10.8.0.3/32");
        PeerChange.Put third = Keys.put("10.8.0.4/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(first, second, third));

        node.apply(
                wg,
                List.of(
                        new PeerChange.Remove(first.publicKey()),
                        new PeerChange.Remove(Keys.put().publicKey()),
                        new PeerChange.Remove(third.publicKey())));

        assertHolds(node.read(wg), second);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.300/32",
                "10.8.0.4/33",
                "10.8.0.4",
                "10.8.0.04/32",
                "fd00::1::2/128",
                "host/32",
                "10.8.0.3/32\nprivate_key=0000"
            })
    void changesNothingWhenOneOfManyIsBad(String allowedIp) {
        PeerChange.Put there = Keys.put("10.8.0.2/32");
        PeerChange.Put bad = Keys.put("10.9.0.1/32", allowedIp);
        node.ensureInterface(spec);
        node.apply(wg, List.of(there));

        assertRefuses(
                bad,
                List.of(
                        Keys.put("10.8.0.5/32"),
                        new PeerChange.Remove(there.publicKey()),
                        bad,
                        Keys.put("10.8.0.6/32")));

        assertThat(node.read(wg).publicKey()).isEqualTo(Curve25519.publicKeyOf(privateKey));
        assertHolds(node.read(wg), there);
    }

    @Test
    void leavesAPeerAsItWasWhosePutWasRefused() {
        PeerChange.Put good = Keys.put("10.8.0.2/32");
        PeerChange.Put bad = new PeerChange.Put(good.publicKey(), Keys.random(), List.of("10.8.0.2/32", "10.8.0.3/33"));
        node.ensureInterface(spec);
        node.apply(wg, List.of(good));

        assertRefuses(bad, List.of(bad));

        assertHolds(node.read(wg), good);
    }

    @Test
    void puts1000PeersInOneApply() {
        List<PeerChange> changes = new ArrayList<>();
        for (int i = 0; i < PeerChange.MAX_BATCH; i++) {
            changes.add(Keys.put("10.9." + i / 250 + "." + (i % 250 + 1) + "/32"));
        }
        node.ensureInterface(spec);

        node.apply(wg, changes);

        assertThat(node.read(wg).peers()).hasSize(PeerChange.MAX_BATCH);
    }

    @Test
    void saysWhatItsPeersAmountTo() {
        List<PeerChange.Put> peers = List.of(
                Keys.put("10.8.0.2/32", "fd00:8::2/128"),
                Keys.put(),
                Keys.put("10.8.4.77/24"),
                new PeerChange.Put(Keys.random(), WireGuardKey.NONE, List.of("10.8.0.5/32")));
        node.ensureInterface(spec);
        assertThat(node.digest(wg).ranges()).hasSize(RangeDigest.RANGES).containsOnly(RangeDigest.NONE);

        node.apply(wg, List.copyOf(peers));

        List<PeerDigest> digests = peers.stream().map(PeerDigest::of).toList();
        InterfaceDigest digest = node.digest(wg);
        assertThat(digest.publicKey()).isEqualTo(Curve25519.publicKeyOf(privateKey));
        assertThat(digest.listenPort()).isEqualTo(PORT);
        RangeDigest[] ranges = new RangeDigest[RangeDigest.RANGES];
        Arrays.fill(ranges, RangeDigest.NONE);
        digests.forEach(peer -> ranges[peer.range()] = ranges[peer.range()].and(peer));
        assertThat(digest.ranges()).containsExactly(ranges);
        int range = digests.get(0).range();
        assertThat(node.digests(wg, Set.of(range)))
                .containsExactlyInAnyOrderElementsOf(
                        digests.stream().filter(peer -> peer.range() == range).toList());
    }

    @Test
    void knowsItsPeersAfterAChangeWithoutReadingThemAgain() {
        PeerChange.Put loser = Keys.put("10.8.0.2/32", "10.8.0.3/32");
        PeerChange.Put winner = Keys.put("10.8.0.2/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(loser));
        node.digest(wg);

        node.apply(wg, List.of(winner));

        Set<Integer> all = IntStream.range(0, RangeDigest.RANGES).boxed().collect(Collectors.toSet());
        assertThat(node.digests(wg, all))
                .containsExactlyInAnyOrder(
                        PeerDigest.of(
                                new PeerChange.Put(loser.publicKey(), loser.presharedKey(), List.of("10.8.0.3/32"))),
                        PeerDigest.of(winner));
    }

    @Test
    void takesNoMoreThanABatch() {
        List<PeerChange> changes = new ArrayList<>();
        PeerChange.Put peer = Keys.put("10.8.0.2/32");
        for (int i = 0; i <= PeerChange.MAX_BATCH; i++) {
            changes.add(peer);
        }

        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> node.apply(wg, changes));
    }

    @Test
    void keepsItsSessionWhenALeaseEnds() {
        node.ensureInterface(spec);
        node.close();
        assertReason(Reason.UNAVAILABLE, () -> node.read(wg));

        node = adapter.connect(target());

        assertThat(node.read(wg).listenPort()).isEqualTo(PORT);
    }

    InterfaceSpec spec(String name, int port) {
        return new InterfaceSpec(name, privateKey, port, List.of("10.8.0.1/24", "fd00:8::1/64"), 1_420);
    }

    /** That nothing of it is done, and the refusal names the change. */
    void assertRefuses(PeerChange named, List<PeerChange> changes) {
        assertThatExceptionOfType(NodeException.class)
                .isThrownBy(() -> node.apply(wg, changes))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
                .withMessageContaining(named.publicKey().base64());
    }

    static void assertReason(Reason reason, ThrowingCallable call) {
        assertThatExceptionOfType(NodeException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    /** That the interface has these peers and no other. */
    static void assertHolds(InterfaceState state, PeerChange.Put... peers) {
        assertThat(state.peers())
                .extracting(peer -> new PeerChange.Put(
                        peer.publicKey(), peer.presharedKey().orElse(WireGuardKey.NONE), peer.allowedIps()))
                .containsExactlyInAnyOrder(peers);
    }
}
