package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class WgNodeIT extends HostNodeContract {

    @Override
    NodeTarget target(String namespace) {
        return new NodeTarget(id, NodeTarget.Transport.WG, Optional.of(namespace));
    }

    @Test
    void addsNoHalfOfAPeerWhereverItsConfigurationIsCutOff() {
        PeerChange.Put first = Keys.put("10.8.0.12/32", "fd00:8::12/128");
        PeerChange.Put second = Keys.put("10.8.0.13/32", "fd00:8::13/128");
        StringBuilder configuration = new StringBuilder();
        WgDriver.appendPut(first, configuration);
        WgDriver.appendPut(second, configuration);
        node.ensureInterface(spec);

        int taken = 0;
        for (int end = 0; end <= configuration.length(); end++) {
            if (host.insideWithInput(configuration.substring(0, end), "wg", "addconf", wg, "/dev/stdin")
                    .succeeded()) {
                taken++;
                assertThat(node.read(wg).peers())
                        .as("after " + end + " characters")
                        .allSatisfy(peer -> assertThat(put(peer)).isIn(first, second));
            }
        }

        // Nothing at all, and either peer with and without the end of its last line.
        assertThat(taken).isEqualTo(5);
        assertHolds(node.read(wg), first, second);
    }

    private static PeerChange.Put put(PeerState peer) {
        return new PeerChange.Put(peer.publicKey(), peer.presharedKey().orElse(Keys.random()), peer.allowedIps());
    }
}
