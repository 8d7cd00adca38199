package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.Overview;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/** How many nodes answer, how many servers there are and how full they are. */
@ApplicationScoped
class FleetOverview implements Overview {

    @Inject
    Sql sql;

    @Inject
    Nodes nodes;

    @Override
    public Map<String, Map<String, Long>> figures() {
        Map<String, Long> servers = sql.first(
                        """
                        SELECT count(*) AS total, coalesce(sum(peer_count), 0) AS peers, coalesce(sum(capacity), 0) AS capacity
                        FROM servers WHERE status = 'ACTIVE'""",
                        row -> Map.of(
                                "total", row.getLong("total"),
                                "peers", row.getLong("peers"),
                                "capacity", row.getLong("capacity")))
                .orElseThrow();
        return Map.of("nodes", nodes.countByState(), "servers", servers);
    }
}
