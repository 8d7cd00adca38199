package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that holds for a host, through a real OpenSSH server whose login shell is noisy. */
class SshNodeIT extends HostNodeContract {

    @TempDir
    static Path directory;

    private static SshServer server;

    @BeforeAll
    static void startServer() throws IOException {
        Parts.require("sshd", "ssh-keygen");
        server = new SshServer(directory);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    NodeTarget target(String namespace) {
        return target(namespace, server.host());
    }

    private NodeTarget target(String namespace, SshHost ssh) {
        return new NodeTarget(id, NodeTarget.Transport.SSH, Optional.of(namespace), Optional.of(ssh));
    }

    @Test
    void putsNoSecretIntoACommand() throws IOException {
        PeerChange.Put peer = Keys.put("10.8.0.2/32");

        node.ensureInterface(spec);
        node.apply(wg, List.of(peer));

        assertThat(server.commands())
                .contains("wg set " + wg + " private-key /dev/stdin", "wg addconf " + wg + " /dev/stdin")
                .doesNotContain(privateKey.base64(), peer.presharedKey().base64());
    }

    @Test
    void goesOnWhenTheHostWasRestarted() throws IOException {
        PeerChange.Put peer = Keys.put("10.8.0.2/32");
        node.ensureInterface(spec);
        server.stop();
        assertReason(Reason.UNAVAILABLE, () -> node.read(wg));
        server.start();

        node.apply(wg, List.of(peer));

        assertHolds(node.read(wg), peer);
    }

    @Test
    void saysNothingOfItselfToAHostWithAnotherKey() throws IOException {
        int before = server.log().length();
        SshHost imposter = server.host(server.port, SshKeyPair.generate().publicKey());

        try (NodeConnection connection = adapter.connect(target(host.name, imposter))) {
            assertReason(Reason.WRONG_HOST, connection::check);
        }

        assertThat(server.log().substring(before)).contains("127.0.0.1").doesNotContain("userauth-request");
    }

    /** Wherever a batch is cut off, each peer is there as it should be or not at all, and the next call does the rest. */
    @Test
    void leavesNoHalfOfAPeerWhenTheSessionIsCutInABatch() throws IOException {
        long seed = System.nanoTime();
        System.out.println("SshNodeIT seed " + seed);
        Random random = new Random(seed);
        node.ensureInterface(spec);
        try (Relay relay = new Relay(server.port);
                NodeConnection cut = adapter.connect(target(host.name, server.host(relay.port, server.hostKey())))) {
            for (int round = 0; round < 5; round++) {
                Map<WireGuardKey, PeerChange.Put> peers = peers();
                cut.check();
                // A batch of 300 is about 45 kB.
                relay.cutAfter(random.nextInt(50_000));
                List<PeerChange> changes = List.copyOf(peers.values());
                try {
                    cut.apply(wg, changes);
                } catch (NodeException e) {
                    assertThat(e.reason()).as(e.getMessage()).isEqualTo(Reason.UNAVAILABLE);
                    assertThat(relay.hasCut()).isTrue();
                }
                assertThat(node.read(wg).peers()).allSatisfy(peer -> assertThat(peer)
                        .extracting(PeerState::allowedIps, found -> found.presharedKey()
                                .orElseThrow())
                        .containsExactly(
                                peers.get(peer.publicKey()).allowedIps(),
                                peers.get(peer.publicKey()).presharedKey()));

                relay.cutAfter(Long.MAX_VALUE);
                cut.apply(wg, changes);
                assertHolds(node.read(wg), peers.values().toArray(PeerChange.Put[]::new));
                cut.apply(wg, removals(peers));
            }
        }
    }

    private static Map<WireGuardKey, PeerChange.Put> peers() {
        Map<WireGuardKey, PeerChange.Put> peers = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            PeerChange.Put peer = Keys.put("10.9." + i / 250 + "." + (i % 250 + 1) + "/32");
            peers.put(peer.publicKey(), peer);
        }
        return peers;
    }

    private static List<PeerChange> removals(Map<WireGuardKey, PeerChange.Put> peers) {
        List<PeerChange> removals = new ArrayList<>();
        peers.keySet().forEach(key -> removals.add(new PeerChange.Remove(key)));
        return removals;
    }
}
