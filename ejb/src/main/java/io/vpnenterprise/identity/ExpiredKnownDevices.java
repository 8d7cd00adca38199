package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Devices that nobody has signed in with for long. */
@ApplicationScoped
class ExpiredKnownDevices implements Expirable {

    @Inject
    Sql sql;

    @Override
    public String name() {
        return "known-devices";
    }

    @Override
    public int removeExpired() {
        return sql.update("DELETE FROM known_devices WHERE expires_at < now()");
    }
}
