package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.Organisation;
import io.vpnenterprise.identity.OrganisationMembers;
import io.vpnenterprise.identity.OrganisationSpec;
import io.vpnenterprise.identity.Organisations;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
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
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** All organisations, for the platform's admins: they set tiers and limits, and need not belong to one. */
@Path("admin/organizations")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "admin")
@Tag(name = "Administration")
public class ManagedOrganisationsResource {

    /**
     * An organisation to make or change.
     *
     * @param ownerId who will own a new one; absent: the caller
     * @param tier {@code free}, {@code business} or {@code enterprise}; absent: free
     * @param maxUsers members and waiting invitations, together; absent: the tier's
     * @param maxDevicesPerUser absent: the tier's
     */
    public record OrganisationToMake(
            String name, UUID ownerId, String tier, Integer maxUsers, Integer maxDevicesPerUser) {
        OrganisationSpec spec() {
            return OrganisationSpec.of(name, tier, maxUsers, maxDevicesPerUser);
        }
    }

    /** An organisation. */
    public record ManagedOrganisation(
            UUID id,
            String name,
            String tier,
            int maxUsers,
            int maxDevicesPerUser,
            Map<String, Boolean> features,
            int members,
            OffsetDateTime createdAt) {
        static ManagedOrganisation from(Organisation organisation) {
            return new ManagedOrganisation(
                    organisation.id(),
                    organisation.name(),
                    organisation.tier().label(),
                    organisation.maxUsers(),
                    organisation.maxDevicesPerUser(),
                    organisation.tier().features(),
                    organisation.members(),
                    organisation.createdAt());
        }
    }

    /** A page of organisations. */
    public record ManagedOrganisationPage(List<ManagedOrganisation> items, long total, int page, int pageSize) {
        static ManagedOrganisationPage from(Page<Organisation> page) {
            return new ManagedOrganisationPage(
                    page.items().stream().map(ManagedOrganisation::from).toList(),
                    page.total(),
                    page.page(),
                    page.pageSize());
        }
    }

    @Inject
    Organisations organisations;

    @Inject
    OrganisationMembers members;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the organisations whose name contains the search, the newest first")
    public ManagedOrganisationPage list(
            @QueryParam("search") String search,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        return ManagedOrganisationPage.from(organisations.managed(search, Pages.of(page, pageSize)));
    }

    @POST
    @Operation(summary = "Makes an organisation")
    @APIResponseSchema(value = ManagedOrganisation.class, responseCode = "201")
    public Response add(OrganisationToMake organisation) {
        Caller caller = CallerContext.caller(security);
        Organisation added = organisations.addManaged(
                caller, organisation.ownerId() == null ? caller.userId() : organisation.ownerId(), organisation.spec());
        return Response.created(
                        uri.getAbsolutePathBuilder().path(added.id().toString()).build())
                .entity(ManagedOrganisation.from(added))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "An organisation")
    public ManagedOrganisation get(@PathParam("id") UUID id) {
        return ManagedOrganisation.from(organisations.requireManaged(id));
    }

    @PUT
    @Path("{id}")
    @Operation(summary = "Changes an organisation's name, tier and limits; ownerId has no meaning here")
    public ManagedOrganisation update(@PathParam("id") UUID id, OrganisationToMake organisation) {
        return ManagedOrganisation.from(
                organisations.updateManaged(CallerContext.caller(security), id, organisation.spec()));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Deletes an organisation; its members, invitations and API keys go with it")
    public void delete(@PathParam("id") UUID id) {
        organisations.deleteManaged(CallerContext.caller(security), id);
    }

    @GET
    @Path("{id}/members")
    @Operation(summary = "Lists an organisation's members")
    public OrganisationsResource.MemberPage members(
            @PathParam("id") UUID id, @QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return OrganisationsResource.MemberPage.from(members.managed(id, Pages.of(page, pageSize)));
    }
}
