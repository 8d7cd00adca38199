package io.vpnenterprise.access.traffic;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Sessions that ended long ago. */
@ApplicationScoped
class OldSessions implements Expirable {

    @Inject
    Sql sql;

    @Inject
    TrafficConfig config;

    @Override
    public String name() {
        return "vpn-sessions";
    }

    @Override
    public int removeExpired() {
        return sql.update(
                "DELETE FROM vpn_sessions WHERE ended_at < now() - make_interval(secs => ?)",
                config.sessionsKept().toSeconds());
    }
}
