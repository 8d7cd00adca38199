package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.Overview;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/** How many deliveries wait, were given up, or are held because there is no mail server. */
@ApplicationScoped
class NotificationsOverview implements Overview {

    @Inject
    Sql sql;

    @Override
    public Map<String, Map<String, Long>> figures() {
        return Map.of(
                "deliveries",
                Map.of(
                        "waiting", count("state = 'WAITING'"),
                        "failed", count("state = 'FAILED'"),
                        "held", count("state = 'HELD'")));
    }

    private long count(String which) {
        return sql.first("SELECT count(*) FROM deliveries WHERE " + which, row -> row.getLong(1))
                .orElseThrow();
    }
}
