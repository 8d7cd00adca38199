package io.vpnenterprise.tenants.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.tenants.ManagedTenant;
import io.vpnenterprise.tenants.Tenant;
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
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** All tenants, for admins, who may do at {@code /tenants/{id}} what its owners may. */
@Path("admin/tenants")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "admin")
@Tag(name = "Administration")
public class ManagedTenantsResource {

    /**
     * A tenant.
     *
     * @param ownerEmail of the first of its owners
     * @param purgeAt until when a destroyed one can be recovered
     */
    public record ManagedTenantView(
            UUID id,
            String name,
            String ownerEmail,
            String plan,
            String region,
            String engine,
            String placement,
            String state,
            String databaseName,
            OffsetDateTime createdAt,
            OffsetDateTime readyAt,
            OffsetDateTime purgeAt) {
        static ManagedTenantView from(ManagedTenant managed) {
            Tenant tenant = managed.tenant();
            return new ManagedTenantView(
                    tenant.id(),
                    tenant.name(),
                    managed.ownerEmail().orElse(null),
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
    public record ManagedTenantPage(List<ManagedTenantView> items, long total, int page, int pageSize) {
        static ManagedTenantPage from(Page<ManagedTenant> page) {
            return new ManagedTenantPage(
                    page.items().stream().map(ManagedTenantView::from).toList(),
                    page.total(),
                    page.page(),
                    page.pageSize());
        }
    }

    @Inject
    Tenants tenants;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists all tenants, the newest first")
    public ManagedTenantPage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return ManagedTenantPage.from(tenants.all(Pages.of(page, pageSize)));
    }

    @POST
    @Path("{id}/recover")
    @Operation(
            summary = "Opens the copy of a destroyed tenant again, with what it had and for whom it had; until purgeAt")
    @APIResponseSchema(value = TenantsResource.JobAskedFor.class, responseCode = "202")
    public Response recover(@PathParam("id") UUID id) {
        UUID runId = tenants.recover(CallerContext.caller(security), id);
        return Response.accepted(new TenantsResource.JobAskedFor(runId))
                .location(uri.getBaseUriBuilder()
                        .path("tenants/{id}/jobs/{jobId}")
                        .build(id, runId))
                .build();
    }
}
