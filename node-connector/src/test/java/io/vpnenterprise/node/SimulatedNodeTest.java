package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
    void holdsAsManyPeersAsADevice() {
        SimulatedDriver driver = new SimulatedDriver();
        Deadline deadline = Deadline.after(Duration.ofMinutes(1));
        driver.ensureInterface(spec, deadline);
        List<PeerChange> changes = new ArrayList<>();
        for (int i = 0; i < SimulatedDriver.MAX_PEERS; i++) {
            changes.add(new PeerChange.Put(Keys.random(), Keys.random(), List.of()));
        }
        PeerChange oneTooMany = Keys.put();

        assertThat(driver.apply(wg, changes, deadline)).isEmpty();
        assertThat(driver.apply(wg, List.of(changes.get(0), oneTooMany), deadline))
                .extracting(RefusedChange::change)
                .containsExactly(oneTooMany);
    }
}
