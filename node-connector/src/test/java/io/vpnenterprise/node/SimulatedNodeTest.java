package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SimulatedNodeTest extends NodeConnectionContract {

    private final NodeTarget target =
            new NodeTarget(UUID.randomUUID(), NodeTarget.Transport.SIMULATED, Optional.empty());

    @Override
    NodeTarget target() {
        return target;
    }

    @Override
    boolean sharesHost() {
        return false;
    }

    @Test
    void keepsNodesApart() {
        node.ensureInterface(spec);

        try (NodeConnection other =
                adapter.connect(new NodeTarget(UUID.randomUUID(), NodeTarget.Transport.SIMULATED, Optional.empty()))) {
            assertReason(NodeException.Reason.NO_INTERFACE, () -> other.read(wg));
        }
    }

    @Test
    void refusesThePeerBeyondWhatADeviceHoldsBeforeItTouchesAny() {
        node.ensureInterface(spec);
        PeerChange.Put first = Keys.put("10.8.0.2/32");
        node.apply(wg, List.of(first));
        fill(PeerTable.MAX_PEERS - 1);
        PeerChange.Put oneTooMany = Keys.put("10.8.0.2/32");

        assertRefuses(oneTooMany, List.of(first, oneTooMany));
        node.apply(wg, List.of(oneTooMany, new PeerChange.Remove(first.publicKey())));

        assertThat(node.read(wg).peers())
                .hasSize(PeerTable.MAX_PEERS)
                .extracting(PeerState::publicKey)
                .contains(oneTooMany.publicKey());
    }

    private void fill(int peers) {
        for (int from = 0; from < peers; from += PeerChange.MAX_BATCH) {
            List<PeerChange> batch = new ArrayList<>();
            for (int i = from; i < Math.min(peers, from + PeerChange.MAX_BATCH); i++) {
                batch.add(new PeerChange.Put(Keys.random(), Keys.random(), List.of()));
            }
            node.apply(wg, batch);
        }
    }
}
