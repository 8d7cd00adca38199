package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.identity.Invitation;
import io.vpnenterprise.identity.Invitations;
import io.vpnenterprise.identity.Membership;
import io.vpnenterprise.identity.Organisation;
import io.vpnenterprise.identity.OrganisationMember;
import io.vpnenterprise.identity.OrganisationMembers;
import io.vpnenterprise.identity.OrganisationRole;
import io.vpnenterprise.identity.Organisations;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.VpnException;
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

/** The caller's organisations. Who may do what in them is decided by {@code Memberships} and {@code OrganisationRole}. */
@Path("organizations")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "organisations")
@Tag(name = "Organisations")
public class OrganisationsResource {

    /** A name to give. */
    public record Name(String name) {}

    /** A role to give: {@code viewer}, {@code member}, {@code admin} or {@code owner}. */
    public record RoleToGive(String role) {}

    /** Whom to invite, as what: {@code viewer}, {@code member} or {@code admin}. */
    public record NewInvitation(String email, String role) {}

    /**
     * An organisation.
     *
     * @param role the caller's own in it; absent for an admin of the platform, who need not have one
     * @param maxUsers members and waiting invitations, together
     */
    public record OrganisationView(
            UUID id,
            String name,
            String role,
            String tier,
            int maxUsers,
            int maxDevicesPerUser,
            Map<String, Boolean> features,
            int members,
            OffsetDateTime createdAt) {
        static OrganisationView from(Membership membership) {
            return from(membership.organisation(), membership.role().label());
        }

        static OrganisationView from(Organisation organisation) {
            return from(organisation, null);
        }

        private static OrganisationView from(Organisation organisation, String role) {
            return new OrganisationView(
                    organisation.id(),
                    organisation.name(),
                    role,
                    organisation.tier().label(),
                    organisation.maxUsers(),
                    organisation.maxDevicesPerUser(),
                    organisation.tier().features(),
                    organisation.members(),
                    organisation.createdAt());
        }
    }

    /** A page of organisations. */
    public record OrganisationPage(List<OrganisationView> items, long total, int page, int pageSize) {
        static OrganisationPage of(Page<OrganisationView> page) {
            return new OrganisationPage(page.items(), page.total(), page.page(), page.pageSize());
        }
    }

    /** A member. */
    public record MemberView(UUID userId, String email, String role, OffsetDateTime joinedAt) {
        static MemberView from(OrganisationMember member) {
            return new MemberView(member.userId(), member.email(), member.role().label(), member.joinedAt());
        }
    }

    /** A page of members. */
    public record MemberPage(List<MemberView> items, long total, int page, int pageSize) {
        static MemberPage from(Page<OrganisationMember> page) {
            return new MemberPage(
                    page.items().stream().map(MemberView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    /** An invitation that waits. Its token is in the mail alone. */
    public record InvitationView(
            UUID id, String email, String role, String invitedBy, OffsetDateTime createdAt, OffsetDateTime expiresAt) {
        static InvitationView from(Invitation invitation) {
            return new InvitationView(
                    invitation.id(),
                    invitation.email(),
                    invitation.role().label(),
                    invitation.invitedBy().orElse(null),
                    invitation.createdAt(),
                    invitation.expiresAt());
        }
    }

    /** A page of invitations. */
    public record InvitationPage(List<InvitationView> items, long total, int page, int pageSize) {
        static InvitationPage from(Page<Invitation> page) {
            return new InvitationPage(
                    page.items().stream().map(InvitationView::from).toList(),
                    page.total(),
                    page.page(),
                    page.pageSize());
        }
    }

    @Inject
    Organisations organisations;

    @Inject
    OrganisationMembers members;

    @Inject
    Invitations invitations;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the organisations that the caller belongs to, with his role in each")
    public OrganisationPage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return OrganisationPage.of(
                organisations.mine(caller(), Pages.of(page, pageSize)).map(OrganisationView::from));
    }

    @POST
    @Operation(summary = "Makes an organisation that the caller owns")
    @APIResponseSchema(value = OrganisationView.class, responseCode = "201")
    public Response add(Name organisation) {
        Membership added = organisations.add(caller(), organisation.name());
        return created(added.organisation().id(), OrganisationView.from(added));
    }

    @GET
    @Path("{id}")
    @Operation(summary = "An organisation of the caller")
    public OrganisationView get(@PathParam("id") UUID id) {
        return OrganisationView.from(organisations.require(caller(), id));
    }

    @PUT
    @Path("{id}")
    @Operation(summary = "Renames an organisation; for its owners")
    public OrganisationView rename(@PathParam("id") UUID id, Name organisation) {
        return OrganisationView.from(organisations.rename(caller(), id, organisation.name()));
    }

    // Without a scope: what a stolen key deleted would stay deleted.
    @DELETE
    @Path("{id}")
    @MayCall(Caller.USER)
    @Operation(summary = "Deletes an organisation; for its owners. Its members, invitations and API keys go with it")
    public void delete(@PathParam("id") UUID id) {
        organisations.delete(caller(), id);
    }

    @GET
    @Path("{id}/members")
    @Operation(summary = "Lists an organisation's members")
    public MemberPage members(
            @PathParam("id") UUID id, @QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return MemberPage.from(members.page(caller(), id, Pages.of(page, pageSize)));
    }

    // Without a scope: what a stolen key gave would outlive the key.
    @PUT
    @Path("{id}/members/{userId}")
    @MayCall(Caller.USER)
    @Operation(summary = "Gives a member another role: owners to everybody, admins to members and viewers")
    public MemberView changeRole(@PathParam("id") UUID id, @PathParam("userId") UUID userId, RoleToGive given) {
        return MemberView.from(members.changeRole(caller(), id, userId, role(given.role())));
    }

    @DELETE
    @Path("{id}/members/{userId}")
    @Operation(summary = "Removes a member, or lets the caller leave; the last owner stays")
    public void removeMember(@PathParam("id") UUID id, @PathParam("userId") UUID userId) {
        members.remove(caller(), id, userId);
    }

    @GET
    @Path("{id}/invitations")
    @Operation(summary = "Lists the invitations that wait; for owners and admins")
    public InvitationPage invitations(
            @PathParam("id") UUID id, @QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return InvitationPage.from(invitations.page(caller(), id, Pages.of(page, pageSize)));
    }

    // Without a scope, as for a role.
    @POST
    @Path("{id}/invitations")
    @MayCall(Caller.USER)
    @Operation(summary = "Invites an address by mail; for owners and admins")
    @APIResponseSchema(value = InvitationView.class, responseCode = "201")
    public Response invite(@PathParam("id") UUID id, NewInvitation invitation) {
        Invitation made = invitations.add(caller(), id, invitation.email(), role(invitation.role()));
        return created(made.id(), InvitationView.from(made));
    }

    @DELETE
    @Path("{id}/invitations/{invitationId}")
    @Operation(summary = "Revokes an invitation; for owners and admins")
    public void revoke(@PathParam("id") UUID id, @PathParam("invitationId") UUID invitationId) {
        invitations.revoke(caller(), id, invitationId);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }

    private Response created(UUID id, Object view) {
        return Response.created(uri.getAbsolutePathBuilder().path(id.toString()).build())
                .entity(view)
                .build();
    }

    static OrganisationRole role(String label) {
        return OrganisationRole.find(label)
                .orElseThrow(() -> VpnException.ofField(IdentityError.INVALID_ORGANISATION_ROLE, "role", null));
    }
}
