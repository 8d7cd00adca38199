package io.vpnenterprise.query;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.tenants.TenantSession;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Queries whose further pages wait on this application node, each with its session and its open portal, until somebody asks
 * for them or their time is over. Thread-safe.
 */
@ApplicationScoped
class HeldPages {

    /** With one more, the member's oldest goes. */
    private static final int MOST_OF_A_MEMBER = 2;

    /**
     * One of them.
     *
     * @param release gives back its place among the tenant's queries
     * @param heldAt {@code System.nanoTime()}
     */
    record Held(
            UUID id,
            Caller caller,
            TenantSession session,
            QueryRows.Backend backend,
            ResultSet rows,
            List<QueryResult.Column> columns,
            int pageSize,
            long read,
            Runnable release,
            long heldAt) {

        UUID userId() {
            return caller.userId();
        }

        void close() {
            try {
                session.close();
            } finally {
                release.run();
            }
        }
    }

    @Inject
    QueryConfig config;

    @Inject
    QueryRows rows;

    private final Map<UUID, Held> held = new ConcurrentHashMap<>();

    void keep(Held one) {
        List<Held> others = new ArrayList<>(held.values().stream()
                .filter(other -> other.userId().equals(one.userId()))
                .sorted((a, b) -> Long.compare(a.heldAt(), b.heldAt()))
                .toList());
        while (others.size() >= MOST_OF_A_MEMBER) {
            end(others.remove(0));
        }
        held.put(one.id(), one);
    }

    /**
     * Takes one out, for its next page.
     *
     * @throws VpnException {@code QUERY_PAGES_GONE}, also when it is another's or another node's
     */
    Held take(UUID tenantId, UUID userId, UUID id) {
        Held one = held.get(id);
        boolean his = one != null
                && one.userId().equals(userId)
                && one.session().tenantId().equals(tenantId)
                && held.remove(id, one);
        if (!his) {
            throw new VpnException(QueryError.QUERY_PAGES_GONE);
        }
        return one;
    }

    /** Lets those go that nobody asked for in time. */
    void endOld() {
        long now = System.nanoTime();
        held.values().stream()
                .filter(one -> now - one.heldAt() > config.pagesKept().toNanos())
                .forEach(this::end);
    }

    private void end(Held one) {
        if (held.remove(one.id(), one)) {
            end(one, QueryRows.Outcome.DONE);
        }
    }

    private void end(Held one, QueryRows.Outcome outcome) {
        one.close();
        rows.end(one.caller(), one.session().tenantId(), one.id(), outcome, null, one.read());
    }

    /** Ends one that was cancelled, if it is here and nobody reads it. */
    void cancel(UUID id) {
        Held one = held.remove(id);
        if (one != null) {
            end(one, QueryRows.Outcome.CANCELLED);
        }
    }

    @PreDestroy
    void endAll() {
        held.values().forEach(Held::close);
    }
}
