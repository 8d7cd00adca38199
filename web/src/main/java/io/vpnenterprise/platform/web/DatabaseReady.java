package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** The database answers and has the schema: only then can a request succeed. */
@Readiness
@ApplicationScoped
public class DatabaseReady implements HealthCheck {

    @Inject
    Sql sql;

    @Override
    public HealthCheckResponse call() {
        try {
            sql.first("SELECT 1 FROM master_key_canary", row -> true);
            return HealthCheckResponse.up("database");
        } catch (VpnException e) {
            return HealthCheckResponse.down("database");
        }
    }
}
