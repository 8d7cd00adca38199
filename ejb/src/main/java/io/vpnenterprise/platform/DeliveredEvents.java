package io.vpnenterprise.platform;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Events that everybody has heard, kept for a week to be looked at. */
@ApplicationScoped
class DeliveredEvents implements Expirable {

    @Inject
    Sql sql;

    @Override
    public String name() {
        return "delivered-events";
    }

    @Override
    public int removeExpired() {
        return sql.update("DELETE FROM outbox WHERE delivered_at < now() - interval '7 days'");
    }
}
