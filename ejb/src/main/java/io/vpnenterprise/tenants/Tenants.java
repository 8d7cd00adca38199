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
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    TenantRoom room;

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
        room.require(caller.userId(), plans.require(spec.plan()));
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
            throw VpnException.ofField(TenantError.TENANT_NOT_NAMED, "name", null);
        }
        return ask(
                caller,
                tenantId,
                TenantJob.RETIRE_TENANT,
                "tenant.destruction-asked",
                TenantState.ACTIVE,
                TenantState.SUSPENDED);
    }

    /** Puts a tenant on a plan, or on what its own plan allows by now; {@link TenantScaling} has looked at its storage. */
    public UUID scale(Caller caller, UUID tenantId, Plan plan) {
        Tenant tenant =
                memberships.requireToChange(caller, tenantId, TenantRole.OWNER).tenant();
        if (tenant.plan() != plan) {
            HostingPlan wanted = plans.require(plan);
            memberships.owners(tenantId).forEach(owner -> room.require(owner, wanted));
        }
        return ask(
                tenant,
                TenantJob.SCALE_TENANT,
                Map.of(TenantRows.PLAN, plan.name()),
                event(caller, "tenant.scale-asked", tenant).with("plan", plan.label()),
                TenantState.ACTIVE);
    }

    /**
     * New passwords that were asked for.
     *
     * @param connectionStrings of the logins that get one; they work once the run is done, and are shown this once
     */
    public record Rotation(UUID runId, Map<Login, String> connectionStrings) {}

    /** Gives logins new passwords; the old ones, and the sessions that came in by them, end with the job. */
    public Rotation rotateCredentials(Caller caller, UUID tenantId, Set<Login> which) {
        Tenant tenant =
                memberships.requireToChange(caller, tenantId, TenantRole.OWNER).tenant();
        UUID run = ask(
                tenant,
                TenantJob.ROTATE_CREDENTIALS,
                Map.of(TenantRows.LOGINS, Login.list(which)),
                event(caller, "tenant.rotation-asked", tenant).with("logins", Login.list(which)),
                TenantState.ACTIVE);
        Map<Login, String> strings = new EnumMap<>(Login.class);
        logins.renew(tenantId, which)
                .forEach((login, password) -> strings.put(login, connectionString(tenant.names(), login, password)));
        return new Rotation(run, strings);
    }

    /** Opens the copy of a destroyed tenant again, for admins, until its time. */
    public UUID recover(Caller caller, UUID tenantId) {
        Tenant tenant =
                memberships.requireToChange(caller, tenantId, TenantRole.OWNER).tenant();
        if (tenant.purgeAt().filter(OffsetDateTime.now()::isBefore).isEmpty()) {
            throw new VpnException(
                    TenantError.TENANT_NOT_READY, "it is " + tenant.state().label());
        }
        return ask(
                tenant,
                TenantJob.RECOVER_TENANT,
                Map.of(),
                event(caller, "tenant.recovery-asked", tenant),
                TenantState.RETIRED);
    }

    /** All that there are, the newest first, for admins. */
    public Page<ManagedTenant> all(Page.Request request) {
        return Page.of(
                sql.list(
                        """
                        SELECT t.*, (SELECT u.email FROM tenant_members m JOIN users u ON u.id = m.user_id
                                     WHERE m.tenant_id = t.id AND m.role = 'OWNER'
                                     ORDER BY m.joined_at, u.id LIMIT 1) AS owner_email
                        FROM tenants t WHERE""" + TenantMemberships.THERE + " ORDER BY t.created_at DESC, t.id LIMIT ? OFFSET ?",
                        ManagedTenant::read,
                        request.pageSize(),
                        request.offset()),
                sql.first("SELECT count(*) FROM tenants t WHERE" + TenantMemberships.THERE, row -> row.getLong(1))
                        .orElseThrow(),
                request);
    }

    private UUID ask(Caller caller, UUID tenantId, TenantJob job, String action, TenantState... from) {
        Tenant tenant =
                memberships.requireToChange(caller, tenantId, TenantRole.OWNER).tenant();
        return ask(tenant, job, Map.of(), event(caller, action, tenant), from);
    }

    private UUID ask(
            Tenant tenant, TenantJob job, Map<String, String> parameters, AuditEvent event, TenantState... from) {
        if (Arrays.stream(TenantJob.values()).anyMatch(other -> runs.isUnderWay(tenant.id(), other.label()))) {
            throw new VpnException(TenantError.TENANT_BUSY);
        }
        if (!List.of(from).contains(tenant.state())) {
            throw new VpnException(
                    TenantError.TENANT_NOT_READY, "it is " + tenant.state().label());
        }
        UUID run = runs.ask(job.label(), tenant.id(), parameters);
        outbox.add(event);
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
