package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Counts of windows that are over. */
@ApplicationScoped
class ExpiredCredentialTries implements Expirable {

    @Inject
    Sql sql;

    @Override
    public String name() {
        return "credential-tries";
    }

    @Override
    public int removeExpired() {
        return sql.update("DELETE FROM credential_tries WHERE ends_at < now()");
    }
}
