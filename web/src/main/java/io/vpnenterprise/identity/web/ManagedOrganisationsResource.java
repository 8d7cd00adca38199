package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.Limits;
import io.vpnenterprise.identity.Organisation;
import io.vpnenterprise.identity.OrganisationChange;
import io.vpnenterprise.identity.OrganisationMembers;
import io.vpnenterprise.identity.OrganisationSpec;
import io.vpnenterprise.identity.Organisations;
import io.vpnenterprise.identity.web.OrganisationsResource.MemberPage;
import io.vpnenterprise.identity.web.OrganisationsResource.MemberView;
import io.vpnenterprise.identity.web.OrganisationsResource.OrganisationPage;
import io.vpnenterprise.identity.web.OrganisationsResource.OrganisationView;
import io.vpnenterprise.identity.web.OrganisationsResource.RoleToGive;
import io.vpnenterprise.platform.Caller;
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
     * An organisation to make.
     *
     * @param ownerId who will own it; absent: the caller
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

    /**
     * What to change of an organisation; what is absent stays.
     *
     * @param maxUsers members and waiting invitations, together; absent, with another tier: that tier's
     * @param maxDevicesPerUser absent, with another tier: that tier's
     */
    public record OrganisationToChange(String name, String tier, Integer maxUsers, Integer maxDevicesPerUser) {
        OrganisationChange change() {
            return new OrganisationChange(name, tier, maxUsers, maxDevicesPerUser);
        }
    }

    /**
     * What each member may have, beside devices; a part that is absent falls back to the platform.
     *
     * @param connections at the same time, over all servers: 1 to 10,000
     * @param monthlyBytes both directions together: 1 to 10^18
     * @param kbitPerSecond of each connection, in each direction: 64 to 10,000,000
     * @param accessEndsAt from then on, no connection
     */
    public record LimitsPerMember(
            Integer connections, Long monthlyBytes, Integer kbitPerSecond, OffsetDateTime accessEndsAt) {
        static LimitsPerMember from(Limits limits) {
            return new LimitsPerMember(
                    limits.connections().orElse(null),
                    limits.monthlyBytes().orElse(null),
                    limits.kbitPerSecond().orElse(null),
                    limits.accessEndsAt().orElse(null));
        }

        Limits limits() {
            return Limits.of(null, connections, monthlyBytes, kbitPerSecond, accessEndsAt);
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
    public OrganisationPage list(
            @QueryParam("search") String search,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        return OrganisationPage.of(
                organisations.managed(search, Pages.of(page, pageSize)).map(OrganisationView::from));
    }

    @POST
    @Operation(summary = "Makes an organisation")
    @APIResponseSchema(value = OrganisationView.class, responseCode = "201")
    public Response add(OrganisationToMake organisation) {
        Caller caller = CallerContext.caller(security);
        Organisation added = organisations.addManaged(
                caller, organisation.ownerId() == null ? caller.userId() : organisation.ownerId(), organisation.spec());
        return Response.created(
                        uri.getAbsolutePathBuilder().path(added.id().toString()).build())
                .entity(OrganisationView.from(added))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "An organisation")
    public OrganisationView get(@PathParam("id") UUID id) {
        return OrganisationView.from(organisations.requireManaged(id));
    }

    @PUT
    @Path("{id}")
    @Operation(summary = "Changes an organisation's name, tier and limits")
    public OrganisationView update(@PathParam("id") UUID id, OrganisationToChange organisation) {
        return OrganisationView.from(
                organisations.updateManaged(CallerContext.caller(security), id, organisation.change()));
    }

    @GET
    @Path("{id}/limits")
    @Operation(summary = "What an organisation lets each of its members have, beside devices")
    public LimitsPerMember limits(@PathParam("id") UUID id) {
        return LimitsPerMember.from(organisations.managedLimits(id));
    }

    @PUT
    @Path("{id}/limits")
    @Operation(
            summary = "Decides what each member of an organisation may have, beside devices; what is absent falls back",
            description = "A free organisation gives nobody more than the platform does.")
    public LimitsPerMember limit(@PathParam("id") UUID id, LimitsPerMember limits) {
        organisations.limitManaged(CallerContext.caller(security), id, limits.limits());
        return limits(id);
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
    public MemberPage members(
            @PathParam("id") UUID id, @QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return MemberPage.from(members.managed(id, Pages.of(page, pageSize)));
    }

    // Without a scope, as for every role that is given.
    @PUT
    @Path("{id}/members/{userId}")
    @MayCall(Caller.ADMIN)
    @Operation(summary = "Gives a member another role; the last owner stays one")
    public MemberView changeRole(@PathParam("id") UUID id, @PathParam("userId") UUID userId, RoleToGive given) {
        return MemberView.from(members.changeManagedRole(
                CallerContext.caller(security), id, userId, OrganisationsResource.role(given.role())));
    }

    @DELETE
    @Path("{id}/members/{userId}")
    @Operation(summary = "Removes a member; the last owner stays")
    public void removeMember(@PathParam("id") UUID id, @PathParam("userId") UUID userId) {
        members.removeManaged(CallerContext.caller(security), id, userId);
    }
}
