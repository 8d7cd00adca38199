package io.vpnenterprise.access;

import io.vpnenterprise.platform.Overview;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/** How many devices there are, and how many of them are connected. */
@ApplicationScoped
class AccessOverview implements Overview {

    @Inject
    Sql sql;

    @Override
    public Map<String, Map<String, Long>> figures() {
        return Map.of(
                "devices", Map.of("total", count("devices")),
                // Confirmed by their hosts; a device that moves counts once.
                "connections", Map.of("live", count("peers WHERE state = 'ACTIVE' AND succeeded_by IS NULL")));
    }

    private long count(String of) {
        return sql.first("SELECT count(*) FROM " + of, row -> row.getLong(1)).orElseThrow();
    }
}
