package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Caller;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What a tenant may use, what he uses at present, and what holds him to it. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class TenantLimits {

    @Inject
    TenantMemberships memberships;

    @Inject
    StorageRows rows;

    @Inject
    TenantCluster cluster;

    @Inject
    TenantsConfig config;

    /** What holds a limit. */
    public enum Holder {
        /** The database server itself: no SQL of the tenant passes it. */
        POSTGRES("postgres"),
        /** The platform, which looks every second and ends what is over it. */
        MONITOR("monitor"),
        /** Nothing in this placement. */
        NOBODY("not enforced here");

        private final String label;

        Holder(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** @param used empty when it is not known, or makes no sense */
    public record Limit(String name, String unit, long value, Optional<Long> used, Holder heldBy) {}

    /**
     * All limits of a tenant.
     *
     * @param measuredAt when the storage was measured last
     * @param extensions those that may be created
     */
    public record Limits(
            StorageState storage, Optional<OffsetDateTime> measuredAt, List<Limit> limits, List<String> extensions) {}

    public Limits of(Caller caller, UUID tenantId) {
        Tenant tenant = memberships.require(caller, tenantId, TenantRole.VIEWER).tenant();
        StorageRows.Watched watched = rows.watched(tenant);
        HostingPlan plan = watched.plan();
        List<Optional<Long>> use = use(tenant);
        List<Limit> limits = new ArrayList<>();
        limits.add(new Limit("connections", "sessions", plan.maxConnections(), use.get(0), Holder.POSTGRES));
        limits.add(new Limit(
                "storage",
                "bytes",
                plan.maxStorageBytes(),
                watched.measuredAt().map(at -> watched.usedBytes()),
                Holder.MONITOR));
        limits.add(new Limit(
                "temporary-files", "bytes of a session", plan.maxTempBytes(), Optional.empty(), Holder.POSTGRES));
        limits.add(new Limit("statement", "seconds", plan.statement().toSeconds(), use.get(1), Holder.MONITOR));
        limits.add(new Limit(
                "idle-in-transaction", "seconds", plan.idleInTransaction().toSeconds(), use.get(2), Holder.MONITOR));
        limits.add(new Limit("cpu", "percent of a core", plan.maxCpuPercent(), Optional.empty(), Holder.NOBODY));
        limits.add(new Limit("memory", "bytes", plan.maxMemoryBytes(), Optional.empty(), Holder.NOBODY));
        limits.add(
                new Limit("extensions", "extensions", config.extensions().size(), Optional.empty(), Holder.POSTGRES));
        limits.add(new Limit("advisory-locks", "locks", 0, Optional.empty(), Holder.POSTGRES));
        limits.add(new Limit("large-objects", "objects", 0, Optional.empty(), Holder.POSTGRES));
        return new Limits(watched.state(), watched.measuredAt(), limits, config.extensions());
    }

    /** Sessions, and the age of the oldest statement and of the transaction that idles longest. */
    private List<Optional<Long>> use(Tenant tenant) {
        if (tenant.state() != TenantState.ACTIVE) {
            return List.of(Optional.empty(), Optional.empty(), Optional.empty());
        }
        try (ClusterSession session = cluster.open()) {
            String[] found =
                    session.first("""
                            SELECT concat_ws(',', count(*),
                                coalesce(max(extract(epoch FROM clock_timestamp() - a.query_start))
                                    FILTER (WHERE a.state = 'active'), 0)::bigint,
                                coalesce(max(extract(epoch FROM clock_timestamp() - a.state_change))
                                    FILTER (WHERE a.state LIKE 'idle in transaction%'), 0)::bigint)
                            FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid AND NOT r.rolsuper
                            WHERE a.datname = ?""", tenant.databaseName()).orElseThrow().split(",");
            return List.of(
                    Optional.of(Long.valueOf(found[0])),
                    Optional.of(Long.valueOf(found[1])),
                    Optional.of(Long.valueOf(found[2])));
        }
    }
}
