package io.vpnenterprise.fleet.web;

import io.vpnenterprise.fleet.Nodes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Says how many nodes answer. Always up: a dead host takes its members' tunnels down, not the API. */
@Readiness
@ApplicationScoped
public class NodesReported implements HealthCheck {

    @Inject
    Nodes nodes;

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("nodes").up();
        try {
            nodes.countByState().forEach(response::withData);
        } catch (RuntimeException e) {
            // Without a database there is no transaction either; its own check says so.
        }
        return response.build();
    }
}
