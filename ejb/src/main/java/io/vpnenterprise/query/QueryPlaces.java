package io.vpnenterprise.query;

import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many queries of a tenant may be under way on this application node at the same time, and of a member of it: half of
 * them, so that none keeps the others out. Thread-safe.
 */
@ApplicationScoped
class QueryPlaces {

    @Inject
    QueryConfig config;

    private final Map<String, Integer> taken = new HashMap<>();

    /**
     * Takes one.
     *
     * @return gives it back, once, however often it is called
     * @throws VpnException {@code TOO_MANY_QUERIES}
     */
    synchronized Runnable take(UUID tenantId, UUID userId) {
        String tenant = tenantId.toString();
        String member = tenant + "/" + userId;
        int most = config.atOncePerTenant();
        if (taken.getOrDefault(tenant, 0) >= most || taken.getOrDefault(member, 0) >= (most + 1) / 2) {
            throw VpnException.retryAfter(QueryError.TOO_MANY_QUERIES, Duration.ofSeconds(1));
        }
        taken.merge(tenant, 1, Integer::sum);
        taken.merge(member, 1, Integer::sum);
        AtomicBoolean given = new AtomicBoolean();
        return () -> {
            if (given.compareAndSet(false, true)) {
                giveBack(tenant, member);
            }
        };
    }

    private synchronized void giveBack(String tenant, String member) {
        for (String name : List.of(tenant, member)) {
            taken.computeIfPresent(name, (same, many) -> many > 1 ? many - 1 : null);
        }
    }
}
