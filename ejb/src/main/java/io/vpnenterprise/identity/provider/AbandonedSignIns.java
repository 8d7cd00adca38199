package io.vpnenterprise.identity.provider;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Sign-ins from which nobody came back from the provider in time. */
@ApplicationScoped
class AbandonedSignIns implements Expirable {

    @Inject
    Sql sql;

    @Override
    public String name() {
        return "external-sign-ins";
    }

    @Override
    public int removeExpired() {
        return sql.update("DELETE FROM external_sign_ins WHERE expires_at < now()");
    }
}
