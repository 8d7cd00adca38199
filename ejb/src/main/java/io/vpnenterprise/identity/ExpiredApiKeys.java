package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** API keys that ran out, a month later: until then their owner sees why his program stopped. */
@ApplicationScoped
class ExpiredApiKeys implements Expirable {

    @Inject
    Sql sql;

    @Override
    public String name() {
        return "api-keys";
    }

    @Override
    public int removeExpired() {
        return sql.update("DELETE FROM api_keys WHERE expires_at < now() - interval '30 days'");
    }
}
