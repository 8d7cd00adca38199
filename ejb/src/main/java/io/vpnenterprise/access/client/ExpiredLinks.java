package io.vpnenterprise.access.client;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Files that nobody can fetch any more; a week later their links too: until then whoever has one is told that it is over. */
@ApplicationScoped
class ExpiredLinks implements Expirable {

    @Inject
    Sql sql;

    @Override
    public String name() {
        return "client-links";
    }

    @Override
    public int removeExpired() {
        return sql.update("UPDATE client_links SET sealed = NULL WHERE expires_at < now() AND sealed IS NOT NULL")
                + sql.update("DELETE FROM client_links WHERE expires_at < now() - interval '7 days'");
    }
}
