package io.vpnenterprise.access;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Sealed private keys whose minutes are over. */
@ApplicationScoped
class ExpiredTickets implements Expirable {

    @Inject
    Sql sql;

    @Override
    public String name() {
        return "key-tickets";
    }

    @Override
    public int removeExpired() {
        return sql.update("DELETE FROM device_key_tickets WHERE expires_at < now()");
    }
}
