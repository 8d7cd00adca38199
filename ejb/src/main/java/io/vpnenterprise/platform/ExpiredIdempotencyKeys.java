package io.vpnenterprise.platform;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** First answers that nobody will ask for again. */
@ApplicationScoped
class ExpiredIdempotencyKeys implements Expirable {

    @Inject
    Sql sql;

    @Inject
    PlatformConfig config;

    @Override
    public String name() {
        return "idempotency-keys";
    }

    @Override
    public int removeExpired() {
        return sql.update(
                "DELETE FROM idempotency_keys WHERE started_at < now() - make_interval(secs => ?)",
                config.idempotencyKept().toSeconds());
    }
}
