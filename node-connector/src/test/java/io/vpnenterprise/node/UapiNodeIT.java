package io.vpnenterprise.node;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UapiNodeIT extends HostNodeContract {

    @Override
    NodeTarget target(String namespace) {
        return new NodeTarget(id, NodeTarget.Transport.UAPI, Optional.of(namespace));
    }

    @Test
    void goesOnWhenItsDeviceWasRestartedBehindItsBack() {
        PeerChange.Put peer = Keys.put("10.8.0.2/32");
        node.ensureInterface(spec);
        node.apply(wg, List.of(peer));
        killDevice();
        try (Unmanaged another = new Unmanaged();
                NodeConnection connection = another.connect(target())) {
            connection.ensureInterface(spec);
        }

        // The kept connection is dead, and nobody has to know.
        node.apply(wg, List.of(peer));

        assertHolds(node.read(wg), peer);
    }
}
