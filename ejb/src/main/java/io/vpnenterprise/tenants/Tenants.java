package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.JobRun;
import io.vpnenterprise.platform.JobRuns;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Tenants, as their members and the platform's admins use them. What takes the cluster is asked for here and done by a job:
 * see {@link TenantSteps}.
 */
@Stateless
public class Tenants {

    private static final int MOST_JOBS = 50;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    JobRuns runs;

    @Inject
    TenantMemberships memberships;

    @Inject
    TenantLogins logins;

    @Inject
    HostingPlans plans;

    @Inject
    TenantsConfig config;

    /**
     * What was asked for.
     *
     * @param runId to poll
     * @param connectionString works once the run is done; shown this once
     */
    public record Asked(Tenant tenant, UUID runId, String connectionString) {}

    /**
     * Asks for a tenant that the caller owns.
     *
     * @throws VpnException {@code ENGINE_NOT_OFFERED}, {@code REGION_NOT_OFFERED}, {@code TENANT_LIMIT_REACHED}
     */
    public Asked create(Caller caller, TenantSpec spec) {
        requireOffered(spec);
        requireRoom(caller, plans.require(spec.plan()));
        UUID id = UUID.randomUUID();
        DatabaseNames names = DatabaseNames.random();
        sql.update("""
                INSERT INTO tenants (id, name, plan, region, engine, placement, state, database_name, created_at)
                VALUES (?, ?, ?, ?, ?, 'SHARED', 'PROVISIONING', ?, now())""", id, spec.name(), spec.plan(), spec.region(), spec.engine(), names.database());
        sql.update(
                "INSERT INTO tenant_members (tenant_id, user_id, role, joined_at) VALUES (?, ?, 'OWNER', now())",
                id,
                caller.userId());
        Map<Login, String> passwords = logins.make(id);
        UUID run = runs.ask(TenantJob.PROVISION_TENANT.label(), id, Map.of());
        Tenant tenant = memberships.require(caller, id, TenantRole.OWNER).tenant();
        outbox.add(event(caller, "tenant.asked-for", tenant)
                .with("plan", spec.plan().label())
                .with("engine", spec.engine().label()));
        return new Asked(tenant, run, connectionString(names, Login.OWNER, passwords.get(Login.OWNER)));
    }

    private void requireOffered(TenantSpec spec) {
        if (spec.engine() != Engine.POSTGRESQL || config.cluster().isEmpty()) {
            throw VpnException.ofField(
                    TenantError.ENGINE_NOT_OFFERED, "engine", spec.engine().label());
        }
        if (!spec.region().equals(config.region())) {
            throw VpnException.ofField(TenantError.REGION_NOT_OFFERED, "region", "there is one in " + config.region());
        }
    }

    private void requireRoom(Caller caller, HostingPlan plan) {
        // Two requests must not both see the last free place.
        sql.lock("tenants/" + caller.userId());
        long owned = sql.first("""
                        SELECT count(*) FROM tenants t JOIN tenant_members m ON m.tenant_id = t.id
                        WHERE m.user_id = ? AND m.role = 'OWNER' AND t.plan = ? AND t.state NOT IN ('RETIRED', 'GONE')""", row -> row.getLong(1), caller.userId(), plan.plan())
                .orElseThrow();
        if (owned >= plan.tenantsPerUser()) {
            throw VpnException.ofField(
                    TenantError.TENANT_LIMIT_REACHED, "plan", "at most " + plan.tenantsPerUser() + " of this plan");
        }
    }

    String connectionString(DatabaseNames names, Login login, String password) {
        return ClusterUrl.connectionString(
                config.publicHost(), config.publicPort(), names.database(), names.login(login), password);
    }

    /** Where a new tenant is when nobody says. */
    public String region() {
        return config.region();
    }

    /** Those that the caller belongs to, the newest first. */
    public Page<TenantMembership> mine(Caller caller, Page.Request request) {
        String mine = " FROM tenants t JOIN tenant_members m ON m.tenant_id = t.id WHERE m.user_id = ? AND"
                + TenantMemberships.THERE;
        return Page.of(
                sql.list(
                        "SELECT t.*, m.role" + mine + " ORDER BY t.created_at DESC, t.id LIMIT ? OFFSET ?",
                        TenantMemberships::read,
                        caller.userId(),
                        request.pageSize(),
                        request.offset()),
                sql.first("SELECT count(*)" + mine, row -> row.getLong(1), caller.userId())
                        .orElseThrow(),
                request);
    }

    public TenantMembership require(Caller caller, UUID tenantId) {
        return memberships.require(caller, tenantId, TenantRole.VIEWER);
    }

    /** Keeps everybody out until {@link #resume}. */
    public UUID suspend(Caller caller, UUID tenantId) {
        return ask(caller, tenantId, TenantJob.SUSPEND_TENANT, "tenant.suspension-asked", TenantState.ACTIVE);
    }

    public UUID resume(Caller caller, UUID tenantId) {
        return ask(caller, tenantId, TenantJob.RESUME_TENANT, "tenant.resumption-asked", TenantState.SUSPENDED);
    }

    /**
     * Destroys a tenant: a copy can be recovered by the operator until {@code vpn.tenants.copy-kept} has passed.
     *
     * @param name the tenant's, as a confirmation
     */
    public UUID destroy(Caller caller, UUID tenantId, String name) {
        Tenant tenant =
                memberships.requireToChange(caller, tenantId, TenantRole.OWNER).tenant();
        if (!tenant.name().equals(name)) {
            throw VpnException.ofField(TenantError.CONFIRMATION_NEEDED, "name", null);
        }
        return ask(
                caller,
                tenantId,
                TenantJob.RETIRE_TENANT,
                "tenant.destruction-asked",
                TenantState.ACTIVE,
                TenantState.SUSPENDED);
    }

    private UUID ask(Caller caller, UUID tenantId, TenantJob job, String action, TenantState... from) {
        Tenant tenant =
                memberships.requireToChange(caller, tenantId, TenantRole.OWNER).tenant();
        if (Arrays.stream(TenantJob.values()).anyMatch(other -> runs.isUnderWay(tenantId, other.label()))) {
            throw new VpnException(TenantError.TENANT_BUSY);
        }
        if (!List.of(from).contains(tenant.state())) {
            throw new VpnException(
                    TenantError.TENANT_NOT_READY, "it is " + tenant.state().label());
        }
        UUID run = runs.ask(job.label(), tenantId, Map.of());
        outbox.add(event(caller, action, tenant));
        return run;
    }

    /** A job of the tenant. */
    public JobRun job(Caller caller, UUID tenantId, UUID runId) {
        memberships.require(caller, tenantId, TenantRole.VIEWER);
        return runs.find(tenantId, runId)
                .orElseThrow(() -> new VpnException(TenantError.JOB_NOT_FOUND, runId.toString()));
    }

    /** The tenant's latest jobs. */
    public List<JobRun> jobs(Caller caller, UUID tenantId) {
        memberships.require(caller, tenantId, TenantRole.VIEWER);
        return runs.list(tenantId, MOST_JOBS);
    }

    static AuditEvent event(Caller caller, String action, Tenant tenant) {
        return AuditEvent.by(caller, action).on("tenant", tenant.id(), tenant.name());
    }
}
