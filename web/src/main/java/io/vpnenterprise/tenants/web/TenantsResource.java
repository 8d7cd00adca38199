package io.vpnenterprise.tenants.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.platform.web.ShownOnce;
import io.vpnenterprise.tenants.Login;
import io.vpnenterprise.tenants.Plan;
import io.vpnenterprise.tenants.Tenant;
import io.vpnenterprise.tenants.TenantError;
import io.vpnenterprise.tenants.TenantMembership;
import io.vpnenterprise.tenants.TenantRole;
import io.vpnenterprise.tenants.TenantScaling;
import io.vpnenterprise.tenants.TenantSpec;
import io.vpnenterprise.tenants.Tenants;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Databases with their members. What takes the database server answers 202, and a job to poll at {@code Location}. */
@Path("tenants")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Tenants")
public class TenantsResource {

    /**
     * What a tenant shall be.
     *
     * @param plan {@code free}, the default, {@code pro} or {@code enterprise}
     * @param region absent: where there is a database server
     * @param engine {@code postgresql}, the default, or {@code mariadb}
     */
    public record NewTenant(String name, String plan, String region, String engine) {}

    /** The name of the tenant to destroy. */
    public record Confirmation(String name) {}

    /**
     * A tenant.
     *
     * @param role the caller's own
     * @param databaseName in its server
     * @param purgeAt when the copy of a destroyed one goes
     */
    public record TenantView(
            UUID id,
            String name,
            String role,
            String plan,
            String region,
            String engine,
            String placement,
            String state,
            String databaseName,
            OffsetDateTime createdAt,
            OffsetDateTime readyAt,
            OffsetDateTime purgeAt) {
        static TenantView from(TenantMembership membership) {
            return from(membership.tenant(), membership.role());
        }

        static TenantView from(Tenant tenant, TenantRole role) {
            return new TenantView(
                    tenant.id(),
                    tenant.name(),
                    role.label(),
                    tenant.plan().label(),
                    tenant.region(),
                    tenant.engine().label(),
                    tenant.placement().label(),
                    tenant.state().label(),
                    tenant.databaseName(),
                    tenant.createdAt(),
                    tenant.readyAt().orElse(null),
                    tenant.purgeAt().orElse(null));
        }
    }

    /** A page of tenants. */
    public record TenantPage(List<TenantView> items, long total, int page, int pageSize) {
        static TenantPage from(Page<TenantMembership> page) {
            return new TenantPage(
                    page.items().stream().map(TenantView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    /**
     * A tenant that was asked for.
     *
     * @param jobId to poll, as {@code Location} says
     * @param connectionString for any PostgreSQL client, once the job is done; shown this once
     */
    public record TenantAskedFor(TenantView tenant, UUID jobId, String connectionString) implements ShownOnce {
        @Override
        public TenantAskedFor withoutSecrets() {
            return new TenantAskedFor(tenant, jobId, null);
        }
    }

    /**
     * The plan to be on: {@code free}, {@code pro} or {@code enterprise}.
     *
     * @param plan the tenant's own: gets what it allows by now
     */
    public record PlanWanted(String plan) {}

    /**
     * Whose passwords to change.
     *
     * @param logins of {@code owner}, {@code writer} and {@code reader}; absent: all
     */
    public record LoginsToRotate(List<String> logins) {
        Set<Login> of() {
            if (logins == null) {
                return EnumSet.allOf(Login.class);
            }
            Set<Login> found = EnumSet.noneOf(Login.class);
            logins.forEach(label -> found.add(Login.find(label).orElseThrow(LoginsToRotate::invalid)));
            if (found.isEmpty()) {
                throw invalid();
            }
            return found;
        }

        private static VpnException invalid() {
            return VpnException.ofField(TenantError.INVALID_LOGIN, "logins", null);
        }
    }

    /**
     * New passwords that were asked for.
     *
     * @param jobId to poll, as {@code Location} says
     * @param connectionStrings by login, once the job is done; shown this once
     */
    public record RotationAskedFor(UUID jobId, Map<String, String> connectionStrings) implements ShownOnce {
        static RotationAskedFor from(Tenants.Rotation rotation) {
            Map<String, String> strings = new TreeMap<>();
            rotation.connectionStrings().forEach((login, string) -> strings.put(login.label(), string));
            return new RotationAskedFor(rotation.runId(), strings);
        }

        @Override
        public RotationAskedFor withoutSecrets() {
            return new RotationAskedFor(jobId, null);
        }
    }

    /** A job that was asked for. */
    public record JobAskedFor(UUID jobId) {}

    /** A tenant's latest jobs, the newest first. */
    public record JobList(List<JobView> items) {}

    @Inject
    Tenants tenants;

    @Inject
    TenantScaling scaling;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the tenants that the caller belongs to, with his role in each")
    public TenantPage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return TenantPage.from(tenants.mine(caller(), Pages.of(page, pageSize)));
    }

    @GET
    @Path("me")
    @Operation(summary = "The same, at the original's address")
    public TenantPage mine(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return list(page, pageSize);
    }

    @POST
    @Operation(summary = "Asks for a tenant that the caller owns")
    @APIResponseSchema(value = TenantAskedFor.class, responseCode = "202")
    public Response create(NewTenant wanted) {
        Tenants.Asked asked = tenants.create(
                caller(),
                TenantSpec.of(wanted.name(), wanted.plan(), wanted.region(), wanted.engine(), tenants.region()));
        return Response.accepted(new TenantAskedFor(
                        TenantView.from(asked.tenant(), TenantRole.OWNER), asked.runId(), asked.connectionString()))
                .location(addressOf(asked.tenant().id(), asked.runId()))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "A tenant of the caller")
    public TenantView get(@PathParam("id") UUID id) {
        return TenantView.from(tenants.require(caller(), id));
    }

    @GET
    @Path("{id}/jobs")
    @Operation(summary = "Lists the tenant's latest jobs")
    public JobList jobs(@PathParam("id") UUID id) {
        return new JobList(
                tenants.jobs(caller(), id).stream().map(JobView::from).toList());
    }

    @GET
    @Path("{id}/jobs/{jobId}")
    @Operation(summary = "A job of the tenant: step, progress, error")
    public JobView job(@PathParam("id") UUID id, @PathParam("jobId") UUID jobId) {
        return JobView.from(tenants.job(caller(), id, jobId));
    }

    @POST
    @Path("{id}/suspend")
    @Operation(summary = "Keeps everybody out of the database until it is resumed; for owners")
    @APIResponseSchema(value = JobAskedFor.class, responseCode = "202")
    public Response suspend(@PathParam("id") UUID id) {
        return accepted(id, tenants.suspend(caller(), id));
    }

    @POST
    @Path("{id}/resume")
    @Operation(summary = "Lets a suspended tenant's logins in again; for owners")
    @APIResponseSchema(value = JobAskedFor.class, responseCode = "202")
    public Response resume(@PathParam("id") UUID id) {
        return accepted(id, tenants.resume(caller(), id));
    }

    @POST
    @Path("{id}/scale")
    @Operation(
            summary = "Puts the tenant on another plan; for owners",
            description =
                    "Sessions that are open keep their limits. A plan that is too small for what the database holds is"
                            + " refused.")
    @APIResponseSchema(value = JobAskedFor.class, responseCode = "202")
    public Response scale(@PathParam("id") UUID id, PlanWanted wanted) {
        Plan plan = Plan.find(String.valueOf(wanted.plan()))
                .orElseThrow(() -> VpnException.ofField(TenantError.INVALID_PLAN, "plan", null));
        return accepted(id, scaling.scale(caller(), id, plan));
    }

    // Without a scope: the new password is worth more than a key.
    @POST
    @Path("{id}/rotate-credentials")
    @MayCall(Caller.USER)
    @Operation(
            summary = "Gives logins of the database new passwords; for owners",
            description = "The old ones, and the sessions that came in by them, end with the job.")
    @APIResponseSchema(value = RotationAskedFor.class, responseCode = "202")
    public Response rotateCredentials(@PathParam("id") UUID id, LoginsToRotate which) {
        Tenants.Rotation rotation = tenants.rotateCredentials(caller(), id, which.of());
        return Response.accepted(RotationAskedFor.from(rotation))
                .location(addressOf(id, rotation.runId()))
                .build();
    }

    // Without a scope: what a stolen key destroyed would stay destroyed.
    @POST
    @Path("{id}/destroy")
    @MayCall(Caller.USER)
    @Operation(
            summary = "Destroys the tenant whose name is given; for owners",
            description = "Nobody gets in from then on. The operator can recover its copy until purgeAt.")
    @APIResponseSchema(value = JobAskedFor.class, responseCode = "202")
    public Response destroy(@PathParam("id") UUID id, Confirmation confirmation) {
        return accepted(id, tenants.destroy(caller(), id, confirmation.name()));
    }

    private Response accepted(UUID id, UUID runId) {
        return Response.accepted(new JobAskedFor(runId))
                .location(addressOf(id, runId))
                .build();
    }

    private URI addressOf(UUID id, UUID runId) {
        return uri.getBaseUriBuilder().path("tenants/{id}/jobs/{jobId}").build(id, runId);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
