package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.JobRun;
import io.vpnenterprise.platform.JobRuns;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The short transactions of {@link TenantSteps}: what a job has done becomes true together with the job's end. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class TenantRows {

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    JobRuns runs;

    @Inject
    HostingPlans plans;

    @Inject
    TenantLogins logins;

    @Inject
    TenantsConfig config;

    /** What a step works with. */
    public record Work(Tenant tenant, HostingPlan plan, Map<Login, String> passwords) {}

    public Work work(UUID tenantId) {
        Tenant tenant = sql.first("SELECT * FROM tenants WHERE id = ?", Tenant::read, tenantId)
                .orElseThrow(() -> new VpnException(TenantError.TENANT_NOT_FOUND, tenantId.toString()));
        return new Work(tenant, plans.require(tenant.plan()), logins.passwords(tenantId));
    }

    public void ready(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.provisioned", "state = 'ACTIVE', ready_at = coalesce(ready_at, now())");
    }

    public void suspended(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.suspended", "state = 'SUSPENDED'");
    }

    public void resumed(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.resumed", "state = 'ACTIVE'");
    }

    public void retired(JobRun run, Tenant tenant) {
        finish(
                run,
                tenant,
                "tenant.destroyed",
                "state = 'RETIRED', purge_at = now() + make_interval(secs => "
                        + config.copyKept().toSeconds() + ")");
    }

    /** Nothing of it is left in the cluster; its passwords open nothing any more. */
    public void gone(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.purged", "state = 'GONE', purge_at = NULL");
        sql.update("DELETE FROM tenant_logins WHERE tenant_id = ?", tenant.id());
    }

    private void finish(JobRun run, Tenant tenant, String action, String change) {
        runs.done(run.id());
        sql.update("UPDATE tenants SET " + change + " WHERE id = ?", tenant.id());
        owners(tenant.id())
                .forEach(owner -> outbox.add(AuditEvent.bySystem(action)
                        .on("tenant", tenant.id(), tenant.name())
                        .concerning(owner)));
    }

    /**
     * Notes that a step failed. A tenant that cannot be made goes: what there is of it is purged.
     */
    public void failed(JobRun run, String error) {
        if (!runs.failed(run.id(), error, false)) {
            return;
        }
        if (TenantJob.of(run.job()) == TenantJob.PROVISION_TENANT) {
            sql.update(
                    "UPDATE tenants SET state = 'RETIRED', purge_at = now() WHERE id = ? AND state = 'PROVISIONING'",
                    run.subjectId());
        }
        owners(run.subjectId())
                .forEach(owner -> outbox.add(AuditEvent.bySystem("tenant.job-failed")
                        .of(AuditEvent.Severity.WARNING)
                        .on("tenant", run.subjectId(), "")
                        .with("job", run.job())
                        .concerning(owner)));
    }

    private List<UUID> owners(UUID tenantId) {
        return sql.list(
                "SELECT user_id FROM tenant_members WHERE tenant_id = ? AND role = 'OWNER'",
                row -> Sql.uuid(row, "user_id"),
                tenantId);
    }

    /** Asks for the end of copies whose time has come. */
    public void askForPurges() {
        List<UUID> due = sql.list("""
                SELECT id FROM tenants t WHERE state = 'RETIRED' AND purge_at <= now()
                  AND NOT EXISTS (SELECT 1 FROM job_runs r WHERE r.subject_id = t.id AND r.state IN ('WAITING', 'RUNNING'))
                ORDER BY purge_at LIMIT 100 FOR UPDATE SKIP LOCKED""", row -> Sql.uuid(row, "id"));
        due.forEach(id -> runs.ask(TenantJob.PURGE_TENANT.label(), id, Map.of()));
    }
}
