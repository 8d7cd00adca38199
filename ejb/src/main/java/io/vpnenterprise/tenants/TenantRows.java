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
import java.util.Optional;
import java.util.UUID;

/** The short transactions of {@link TenantSteps}: what a job has done becomes true together with the job's end. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class TenantRows {

    /** A run's parameter: the plan that a tenant shall have. */
    static final String PLAN = "plan";

    /** A run's parameter: the logins that get a new password, as {@link Login#list} writes them. */
    static final String LOGINS = "logins";

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
    TenantMemberships memberships;

    @Inject
    TenantsConfig config;

    /**
     * What a step works with.
     *
     * @param plan the one that the tenant shall have
     * @param passwords of the logins that the run is about
     */
    public record Work(Tenant tenant, HostingPlan plan, Map<Login, String> passwords) {}

    /** @throws VpnException {@code TENANT_NOT_READY} when the copy is to be removed or opened, and the tenant is not retired */
    public Work work(JobRun run) {
        UUID tenantId = run.subjectId();
        Tenant tenant = sql.first("SELECT * FROM tenants WHERE id = ?", Tenant::read, tenantId)
                .orElseThrow(() -> new VpnException(TenantError.TENANT_NOT_FOUND, tenantId.toString()));
        if (TenantJob.of(run.job()).isForRetired() && tenant.state() != TenantState.RETIRED) {
            throw new VpnException(
                    TenantError.TENANT_NOT_READY, "it is " + tenant.state().label());
        }
        Plan plan = Optional.ofNullable(run.parameters().get(PLAN))
                .map(Plan::valueOf)
                .orElse(tenant.plan());
        Map<Login, String> passwords = logins.passwords(tenantId);
        Optional.ofNullable(run.parameters().get(LOGINS))
                .ifPresent(listed -> passwords.keySet().retainAll(Login.listed(listed)));
        return new Work(tenant, plans.require(plan), passwords);
    }

    public void ready(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.provisioned");
        sql.update(
                "UPDATE tenants SET state = 'ACTIVE', ready_at = coalesce(ready_at, now()) WHERE id = ?", tenant.id());
    }

    public void suspended(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.suspended");
        sql.update("UPDATE tenants SET state = 'SUSPENDED' WHERE id = ?", tenant.id());
    }

    public void resumed(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.resumed");
        sql.update("UPDATE tenants SET state = 'ACTIVE' WHERE id = ?", tenant.id());
    }

    public void scaled(JobRun run, Tenant tenant, HostingPlan plan) {
        finish(run, tenant, "tenant.scaled");
        sql.update("UPDATE tenants SET plan = ? WHERE id = ?", plan.plan(), tenant.id());
    }

    /** The passwords are stored since they were asked for: there is nothing else to note. */
    public void rotated(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.credentials-rotated");
    }

    public void retired(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.destroyed");
        sql.update(
                "UPDATE tenants SET state = 'RETIRED', purge_at = now() + make_interval(secs => ?) WHERE id = ?",
                config.copyKept().toSeconds(),
                tenant.id());
    }

    public void recovered(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.recovered");
        sql.update("UPDATE tenants SET state = 'ACTIVE', purge_at = NULL WHERE id = ?", tenant.id());
    }

    /** Nothing of it is left in the cluster; its passwords open nothing any more. */
    public void gone(JobRun run, Tenant tenant) {
        finish(run, tenant, "tenant.purged");
        sql.update("UPDATE tenants SET state = 'GONE', purge_at = NULL WHERE id = ?", tenant.id());
        sql.update("DELETE FROM tenant_logins WHERE tenant_id = ?", tenant.id());
    }

    private void finish(JobRun run, Tenant tenant, String action) {
        runs.done(run.id());
        memberships
                .owners(tenant.id())
                .forEach(owner -> outbox.add(AuditEvent.bySystem(action)
                        .on("tenant", tenant.id(), tenant.name())
                        .concerning(owner)));
    }

    /**
     * Notes that a step failed. A tenant that cannot be made goes: what there is of it is purged.
     *
     * @param lasting whether trying again cannot help
     */
    public void failed(JobRun run, String error, boolean lasting) {
        if (!runs.failed(run.id(), error, lasting)) {
            return;
        }
        if (TenantJob.of(run.job()) == TenantJob.PROVISION_TENANT) {
            sql.update(
                    "UPDATE tenants SET state = 'RETIRED', purge_at = now() WHERE id = ? AND state = 'PROVISIONING'",
                    run.subjectId());
        }
        memberships
                .owners(run.subjectId())
                .forEach(owner -> outbox.add(AuditEvent.bySystem("tenant.job-failed")
                        .of(AuditEvent.Severity.WARNING)
                        .on("tenant", run.subjectId(), "")
                        .with("job", run.job())
                        .concerning(owner)));
    }

    /** Asks for the end of copies whose time has come. */
    public void askForPurges() {
        // One that cannot be made, and whose last attempt could not say so.
        sql.update("""
                UPDATE tenants t SET state = 'RETIRED', purge_at = now() WHERE state = 'PROVISIONING'
                  AND NOT EXISTS (SELECT 1 FROM job_runs r WHERE r.subject_id = t.id AND r.state IN ('WAITING', 'RUNNING'))""");
        List<UUID> due = sql.list("""
                SELECT id FROM tenants t WHERE state = 'RETIRED' AND purge_at <= now()
                  AND NOT EXISTS (SELECT 1 FROM job_runs r WHERE r.subject_id = t.id AND r.state IN ('WAITING', 'RUNNING'))
                ORDER BY purge_at LIMIT 100 FOR UPDATE SKIP LOCKED""", row -> Sql.uuid(row, "id"));
        due.forEach(id -> runs.ask(TenantJob.PURGE_TENANT.label(), id, Map.of()));
    }
}
