package io.vpnenterprise.access.traffic;

import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/** How many sessions are open, and of how many servers samples come: one that stays behind is a host not seen. */
@ApplicationScoped
class TrafficFigures implements FirstStep {

    @Inject
    Metrics metrics;

    @Inject
    Sql sql;

    @Override
    public int order() {
        return 45;
    }

    @Override
    public void take() {
        metrics.gauges(
                "vpn_sessions",
                "Sessions in the database, by state",
                "state",
                () -> Map.of("active", count("vpn_sessions WHERE ended_at IS NULL")));
        metrics.gauges(
                "vpn_sampled_servers",
                "Servers by when they were last sampled",
                "state",
                () -> Map.of(
                        "fresh", count("traffic_cursors WHERE sampled_at > now() - interval '30 seconds'"),
                        "stale", count("traffic_cursors WHERE sampled_at <= now() - interval '30 seconds'")));
    }

    private long count(String of) {
        return sql.first("SELECT count(*) FROM " + of, row -> row.getLong(1)).orElseThrow();
    }
}
