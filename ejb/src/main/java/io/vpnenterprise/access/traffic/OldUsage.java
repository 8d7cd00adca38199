package io.vpnenterprise.access.traffic;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Months that ended long ago, what was told of them, and the counters of peers that no host can have any more. */
@ApplicationScoped
class OldUsage implements Expirable {

    @Inject
    Sql sql;

    @Inject
    TrafficConfig config;

    @Override
    public String name() {
        return "traffic-usage";
    }

    @Override
    public int removeExpired() {
        long seconds = config.usageKept().toSeconds();
        return sql.update(
                        "DELETE FROM traffic_usage WHERE month + interval '1 month' < now() - make_interval(secs => ?)",
                        seconds)
                + sql.update(
                        "DELETE FROM quota_notices WHERE month + interval '1 month' < now() - make_interval(secs => ?)",
                        seconds)
                // Those of a server that is there stay: a key that returns goes on from them, or begins anew.
                + sql.update(
                        "DELETE FROM peer_counters c WHERE NOT EXISTS (SELECT 1 FROM servers s WHERE s.id = c.server_id)")
                + sql.update(
                        "DELETE FROM traffic_cursors c WHERE NOT EXISTS (SELECT 1 FROM servers s WHERE s.id = c.server_id)");
    }
}
