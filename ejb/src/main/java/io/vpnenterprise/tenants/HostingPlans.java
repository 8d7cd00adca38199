package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;

/** What databases of each plan may use. */
@Stateless
public class HostingPlans {

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    public List<HostingPlan> list() {
        return sql.list("SELECT * FROM hosting_plans ORDER BY max_storage_bytes, name", HostingPlan::read);
    }

    public HostingPlan require(Plan plan) {
        return sql.first("SELECT * FROM hosting_plans WHERE name = ?", HostingPlan::read, plan)
                .orElseThrow(() -> new VpnException(TenantError.INVALID_PLAN));
    }

    /** Changes what a plan allows; databases that there are get it with their next scale, and the monitor's part at once. */
    public HostingPlan change(Caller caller, HostingPlan wanted) {
        sql.update(
                """
                UPDATE hosting_plans SET max_connections = ?, max_storage_bytes = ?, max_cpu_percent = ?,
                    max_memory_bytes = ?, max_temp_bytes = ?, statement_seconds = ?, idle_seconds = ?,
                    tenants_per_user = ?, updated_at = now()
                WHERE name = ?""",
                wanted.maxConnections(),
                wanted.maxStorageBytes(),
                wanted.maxCpuPercent(),
                wanted.maxMemoryBytes(),
                wanted.maxTempBytes(),
                wanted.statement().toSeconds(),
                wanted.idleInTransaction().toSeconds(),
                wanted.tenantsPerUser(),
                wanted.plan());
        outbox.add(AuditEvent.by(caller, "hosting-plan.changed")
                .on("hosting-plan", wanted.plan().label(), wanted.plan().label())
                .with("maxConnections", wanted.maxConnections())
                .with("maxStorageBytes", wanted.maxStorageBytes())
                .with("tenantsPerUser", wanted.tenantsPerUser()));
        return require(wanted.plan());
    }
}
