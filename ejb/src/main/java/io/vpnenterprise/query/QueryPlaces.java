package io.vpnenterprise.query;

import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** How many queries of a tenant may be under way on this application node at the same time. Thread-safe. */
@ApplicationScoped
class QueryPlaces {

    @Inject
    QueryConfig config;

    private final Map<UUID, Integer> taken = new ConcurrentHashMap<>();

    /** @throws VpnException {@code TOO_MANY_QUERIES} */
    void take(UUID tenantId) {
        taken.merge(tenantId, 1, Integer::sum);
        if (taken.get(tenantId) > config.atOncePerTenant()) {
            giveBack(tenantId);
            throw new VpnException(QueryError.TOO_MANY_QUERIES);
        }
    }

    void giveBack(UUID tenantId) {
        taken.computeIfPresent(tenantId, (id, many) -> many > 1 ? many - 1 : null);
    }
}
