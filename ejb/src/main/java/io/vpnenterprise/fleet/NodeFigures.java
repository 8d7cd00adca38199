package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.Metrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** How many nodes answer. */
@ApplicationScoped
class NodeFigures implements FirstStep {

    @Inject
    Metrics metrics;

    @Inject
    Nodes nodes;

    @Override
    public int order() {
        return 40;
    }

    @Override
    public void take() {
        metrics.gauges("vpn_nodes", "Registered nodes, by whether they answered lately", "state", nodes::countByState);
    }
}
