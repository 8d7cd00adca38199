package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The short transactions of {@link TenantWatch}. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class StorageRows {

    /** This application node, new with every start. */
    private static final UUID SELF = UUID.randomUUID();

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    HostingPlans plans;

    @Inject
    TenantMemberships memberships;

    /**
     * A tenant that works, and what is known of its storage.
     *
     * @param measuredAt empty when it never was
     * @param held whether the cluster holds it to {@code RESTRICTED}
     */
    public record Watched(
            Tenant tenant,
            HostingPlan plan,
            StorageState state,
            long usedBytes,
            boolean held,
            Optional<OffsetDateTime> measuredAt) {

        Watched with(StorageState next, long used) {
            return new Watched(tenant, plan, next, used, held, measuredAt);
        }
    }

    /** Whether this application node has a duty; it keeps it while it asks again in time. */
    public boolean isOnDuty(String duty, Duration lasting) {
        return sql.update("""
                        INSERT INTO tenant_duties (duty, node, until) VALUES (?, ?, now() + make_interval(secs => ?))
                        ON CONFLICT (duty) DO UPDATE SET node = excluded.node, until = excluded.until
                        WHERE tenant_duties.node = excluded.node OR tenant_duties.until < now()""", duty, SELF, lasting.toMillis() / 1_000.0) > 0;
    }

    public List<Watched> watched() {
        return list("t.state = 'ACTIVE' AND t.engine = 'POSTGRESQL' AND t.placement = 'SHARED'");
    }

    public Watched watched(Tenant tenant) {
        return list("t.id = ?", tenant.id()).get(0);
    }

    private List<Watched> list(String condition, Object... arguments) {
        Map<Plan, HostingPlan> byName =
                plans.list().stream().collect(Collectors.toMap(HostingPlan::plan, Function.identity()));
        return sql.list(
                "SELECT t.*, coalesce(s.state, 'NORMAL') AS storage, coalesce(s.used_bytes, 0) AS used_bytes,"
                        + " coalesce(s.held, false) AS held, s.measured_at"
                        + " FROM tenants t LEFT JOIN tenant_storage s ON s.tenant_id = t.id WHERE " + condition,
                row -> new Watched(
                        Tenant.read(row),
                        byName.get(Plan.valueOf(row.getString("plan"))),
                        StorageState.valueOf(row.getString("storage")),
                        row.getLong("used_bytes"),
                        row.getBoolean("held"),
                        Sql.time(row, "measured_at")),
                arguments);
    }

    /** Notes what databases take; the owners of those whose state is worse than before are told. */
    public void measured(List<Watched> before, Map<String, Long> sizes) {
        for (Watched watched : before) {
            Long used = sizes.get(watched.tenant().databaseName());
            if (used != null) {
                measured(watched, used);
            }
        }
    }

    private void measured(Watched before, long used) {
        StorageState next = before.state().next(used, before.plan().maxStorageBytes());
        sql.update("""
                INSERT INTO tenant_storage AS s (tenant_id, used_bytes, measured_at, state, state_since)
                VALUES (?, ?, now(), ?, now())
                ON CONFLICT (tenant_id) DO UPDATE SET used_bytes = excluded.used_bytes, measured_at = now(),
                    state = excluded.state,
                    state_since = CASE WHEN s.state = excluded.state THEN s.state_since ELSE now() END""", before.tenant().id(), used, next);
        if (next.compareTo(before.state()) > 0) {
            boolean full = next == StorageState.RESTRICTED;
            tell(before, full ? "tenant.storage-restricted" : "tenant.storage-warned", used);
        }
    }

    /** The cluster holds the database now, or holds it no more. */
    public void held(Watched watched, boolean held) {
        sql.update(
                "UPDATE tenant_storage SET held = ? WHERE tenant_id = ?",
                held,
                watched.tenant().id());
        if (!held) {
            tell(watched, "tenant.storage-restored", watched.usedBytes());
        }
    }

    private void tell(Watched watched, String action, long used) {
        Tenant tenant = watched.tenant();
        long limit = watched.plan().maxStorageBytes();
        memberships
                .owners(tenant.id())
                .forEach(owner -> outbox.add(AuditEvent.bySystem(action)
                        .of(
                                action.equals("tenant.storage-restored")
                                        ? AuditEvent.Severity.INFO
                                        : AuditEvent.Severity.WARNING)
                        .on("tenant", tenant.id(), tenant.name())
                        .with("usedBytes", used)
                        .with("limitBytes", limit)
                        .with("percent", used * 100 / limit)
                        .concerning(owner)));
    }
}
