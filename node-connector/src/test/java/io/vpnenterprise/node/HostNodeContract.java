package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.node.NodeException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real host does besides, with real devices in a network namespace of the test's own. */
abstract class HostNodeContract extends NodeConnectionContract {

    private static final Duration SOON = Duration.ofSeconds(20);

    final UUID id = UUID.randomUUID();
    Namespace host;

    abstract NodeTarget target(String namespace);

    @BeforeAll
    static void requireParts() {
        Parts.require("wireguard-go", "wg", "nft", "ip", "ping", "setsid");
    }

    /** Runs before the superclass's connect(), since that one asks for the target. */
    @Override
    @BeforeEach
    void connect() {
        host = new Namespace();
        super.connect();
    }

    @Override
    NodeTarget target() {
        return target(host);
    }

    @AfterEach
    void removeInterfaceAndNamespace() {
        if (host != null) {
            try (Namespace closing = host;
                    Unmanaged last = new Unmanaged();
                    NodeConnection connection = last.connect(target(closing))) {
                connection.removeInterface(wg);
            }
        }
    }

    @Test
    void setsUpAddressesForwardingAndMasquerade() {
        node.ensureInterface(spec);

        String link =
                host.inside("ip", "address", "show", "dev", wg).orRefused().text();
        assertThat(link).contains("mtu 1420", "UP", "inet 10.8.0.1/24 ", "inet6 fd00:8::1/64 ");
        assertThat(host.inside("cat", "/proc/sys/net/ipv4/ip_forward").text()).isEqualToIgnoringWhitespace("1");
        assertThat(host.inside("cat", "/proc/sys/net/ipv6/conf/all/forwarding").text())
                .isEqualToIgnoringWhitespace("1");
        assertThat(host.ruleset())
                .contains("table inet vpne_" + wg)
                .contains("ip saddr 10.8.0.0/24 oifname != \"" + wg + "\" masquerade")
                .contains("ip6 saddr fd00:8::/64 oifname != \"" + wg + "\" masquerade");
    }

    @Test
    void correctsWhatAnOperatorChanged() {
        node.ensureInterface(spec);
        host.inside("ip", "address", "del", "10.8.0.1/24", "dev", wg).orRefused();
        host.inside("ip", "address", "add", "10.99.0.1/24", "dev", wg).orRefused();
        host.inside("ip", "link", "set", "dev", wg, "mtu", "1300").orRefused();
        host.inside("ip", "link", "set", "dev", wg, "down").orRefused();
        host.inside("nft", "flush", "table", "inet", "vpne_" + wg).orRefused();

        node.ensureInterface(spec);

        String link =
                host.inside("ip", "address", "show", "dev", wg).orRefused().text();
        assertThat(link)
                .contains("mtu 1420", "UP", "inet 10.8.0.1/24 ", "inet6 fd00:8::1/64 ")
                .doesNotContain("10.99.0.1");
        assertThat(node.read(wg).listenPort()).isEqualTo(PORT);
        assertThat(host.ruleset()).contains("ip saddr 10.8.0.0/24").containsOnlyOnce("ip6 saddr fd00:8::/64");
    }

    @Test
    void leavesNoTableNoLinkNoSocketAndNoForeignRuleTouched() {
        host.insideWithInput("table inet mine {\n chain c {\n }\n}\n", "nft", "-f", "-")
                .orRefused();
        node.ensureInterface(spec);

        node.removeInterface(wg);

        assertNothingLeft(wg);
        assertThat(host.ruleset()).contains("table inet mine");
    }

    @Test
    void leavesNothingBehindWhenAStepOfCreationFails() {
        // Given: the device starts, its link comes up, and its port is taken.
        String other = Namespace.newInterfaceName();
        node.ensureInterface(spec);

        assertReason(Reason.REFUSED, () -> node.ensureInterface(spec(other, PORT)));

        assertNothingLeft(other);
        assertThat(host.hasLink(wg)).isTrue();
    }

    @Test
    void recoversFromADeviceThatDied() {
        PeerChange.Put peer = Keys.put("10.8.0.2/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(peer));
        killDevice();
        // The socket's file is still there; nobody answers it.
        assertReason(Reason.NO_INTERFACE, () -> node.apply(wg, List.of(peer)));
        assertReason(Reason.NO_INTERFACE, () -> node.read(wg));

        node.ensureInterface(spec);

        node.apply(wg, List.of(peer));
        assertHolds(node.read(wg), peer);
    }

    /** By it the counters of one device are told from those of the next. */
    @Test
    void hasAnotherIncarnationWhenItsDeviceIsMadeAnewAndNotSooner() {
        node.ensureInterface(spec);
        try (NodeSession session = NodeSession.open(target(), new SshSessions(), SOON, 4)) {
            String before = session.sample(wg, System.nanoTime()).incarnation();
            node.apply(wg, List.of(Keys.put("10.8.0.2/32")));
            node.ensureInterface(spec);
            assertThat(session.sample(wg, System.nanoTime()).incarnation()).isEqualTo(before);
            killDevice();
            node.ensureInterface(spec);

            assertThat(session.sample(wg, System.nanoTime()).incarnation()).isNotEqualTo(before);
        }
    }

    /** Whatever its maker called it, and without a port it is nobody's server. */
    @Test
    void describesWhatAnOperatorMade() {
        String theirs = wg.substring(0, 4) + "-Home_1.x";
        host.inside("setsid", "--wait", "wireguard-go", theirs).orRefused();
        try {
            assertReason(Reason.REFUSED, () -> node.describe(theirs));
            host.insideWithInput(
                            privateKey.base64(), "wg", "set", theirs, "listen-port", "443", "private-key", "/dev/stdin")
                    .orRefused();
            host.inside("ip", "address", "add", "10.8.0.1/24", "dev", theirs).orRefused();
            host.inside("ip", "link", "set", "dev", theirs, "mtu", "1400", "up").orRefused();

            InterfaceSpec found = node.describe(theirs).spec();

            assertThat(found.name()).isEqualTo(theirs);
            assertThat(found.listenPort()).isEqualTo(443);
            assertThat(found.addresses()).containsExactly("10.8.0.1/24");
            assertThat(found.mtu()).isEqualTo(1_400);
            node.ensureInterface(found);
            assertThat(host.ruleset()).contains("table inet vpne_" + theirs);
        } finally {
            node.removeInterface(theirs);
        }
        assertNothingLeft(theirs);
    }

    @Test
    void removesWhatADeadDeviceLeft() {
        node.ensureInterface(spec);
        killDevice();

        node.removeInterface(wg);

        assertNothingLeft(wg);
    }

    @Test
    void leavesALinkAloneThatIsNoWireGuard() {
        host.inside("ip", "tuntap", "add", "dev", wg, "mode", "tun").orRefused();
        try {
            assertReason(Reason.REFUSED, () -> node.ensureInterface(spec));
            assertReason(Reason.REFUSED, () -> node.removeInterface(wg));

            assertThat(host.hasLink(wg)).isTrue();
        } finally {
            host.inside("ip", "link", "del", "dev", wg).orRefused();
        }
    }

    @Test
    void leavesADeviceOfTheSameNameInAnotherNamespaceAlone() {
        PeerChange.Put peer = Keys.put("10.8.0.2/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(peer));

        try (Namespace elsewhere = new Namespace();
                NodeConnection other = adapter.connect(target(elsewhere))) {
            assertReason(Reason.REFUSED, () -> other.ensureInterface(spec));
            other.removeInterface(wg);
        }

        assertHolds(node.read(wg), peer);
    }

    @Test
    void saysThatItsNamespaceIsMissing() {
        NodeTarget nowhere = target("vpnet-nowhere");

        try (NodeConnection lost = adapter.connect(nowhere)) {
            assertReason(Reason.UNAVAILABLE, lost::check);
            assertReason(Reason.REFUSED, () -> lost.ensureInterface(spec));
        }
        assertThat(socket(wg)).doesNotExist();
    }

    @Test
    void carriesAClientToTheInternetAndKeepsItsSessionThroughRepeatedPuts() {
        try (TunnelClient client = new TunnelClient(host);
                Namespace internet = new Namespace()) {
            // Given: the internet knows the host and has no way back to the clients' own addresses.
            Namespace.connect(
                    host,
                    List.of("198.51.100.1/24", "2001:db8::1/64"),
                    internet,
                    List.of("198.51.100.9/24", "2001:db8::9/64"));
            node.ensureInterface(spec);
            PeerChange.Put peer = client.configure(Curve25519.publicKeyOf(privateKey), PORT);

            // When
            node.apply(wg, List.of(peer));

            // Then
            client.assertReaches("198.51.100.9");
            client.assertReaches("2001:db8::9");
            PeerState before = node.read(wg).peers().get(0);
            assertThat(before.latestHandshake()).isPresent();
            assertThat(before.endpoint())
                    .hasValueSatisfying(endpoint -> assertThat(endpoint).startsWith("192.0.2.2:"));
            assertThat(before.received()).isPositive();
            assertThat(before.sent()).isPositive();

            // When
            node.apply(wg, List.of(peer));
            node.ensureInterface(spec);

            // Then
            PeerState after = node.read(wg).peers().get(0);
            assertThat(after.latestHandshake()).isEqualTo(before.latestHandshake());
            assertThat(after.received()).isGreaterThanOrEqualTo(before.received());
            assertThat(after.sent()).isGreaterThanOrEqualTo(before.sent());
            client.assertReaches("198.51.100.9");
            assertThat(node.read(wg).peers().get(0).latestHandshake()).isEqualTo(before.latestHandshake());
        }
    }

    private NodeTarget target(Namespace namespace) {
        return target(namespace.name);
    }

    void killDevice() {
        List<ProcessHandle> daemons = ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .filter(arguments -> Arrays.asList(arguments).contains(wg))
                        .isPresent())
                .toList();
        assertThat(daemons).as("the device's daemon").hasSize(1);
        assertThat(daemons.get(0).destroyForcibly()).isTrue();
        await().atMost(SOON).until(() -> !host.hasLink(wg));
    }

    private void assertNothingLeft(String interfaceName) {
        assertThat(host.hasLink(interfaceName)).isFalse();
        assertThat(socket(interfaceName)).doesNotExist();
        assertThat(host.ruleset()).doesNotContain(interfaceName);
    }

    static Path socket(String interfaceName) {
        return Path.of("/var/run/wireguard", interfaceName + ".sock");
    }
}
