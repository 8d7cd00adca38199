package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Links that open nothing any more. */
@ApplicationScoped
class ExpiredAccountLinks implements Expirable {

    @Inject
    Sql sql;

    @Override
    public String name() {
        return "account-links";
    }

    @Override
    public int removeExpired() {
        return sql.update("DELETE FROM account_links WHERE expires_at < now()");
    }
}
