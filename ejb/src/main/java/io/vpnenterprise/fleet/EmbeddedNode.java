package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** On the embedded default's first start: a node on this machine, and a server on it, so that a member can connect. */
@ApplicationScoped
class EmbeddedNode implements FirstStep {

    private static final Logger LOG = Logger.getLogger(EmbeddedNode.class.getName());

    @Inject
    FleetConfig config;

    @Inject
    Nodes nodes;

    @Inject
    Servers servers;

    @Override
    public int order() {
        return 30;
    }

    @Override
    public void take() {
        if (config.embeddedNode().isEmpty() || nodes.count() > 0) {
            return;
        }
        NodeSpec.Kind kind = config.embeddedNode().get();
        try {
            Node node = nodes.addBySystem(new NodeSpec(
                    "local", kind.transport(), Optional.empty(), config.embeddedEndpoint(), Optional.empty()));
            servers.createBySystem(ServerSpec.of(
                    "first", config.regions().get(0), config.embeddedPort(), node.id(), null, config.regions()));
        } catch (VpnException e) {
            // Nodes are reported, they do not take the API down.
            LOG.log(Level.WARNING, "the embedded node has no server: {0}", e.getMessage());
        }
    }
}
