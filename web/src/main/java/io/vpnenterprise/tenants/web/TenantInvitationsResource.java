package io.vpnenterprise.tenants.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.tenants.TenantInvitation;
import io.vpnenterprise.tenants.TenantInvitations;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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

/** Who is invited to a tenant. */
@Path("tenants/{id}/invitations")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Tenants")
public class TenantInvitationsResource {

    /** Whom to invite, as {@code viewer}, {@code editor} or {@code admin}. */
    public record NewTenantInvitation(String email, String role) {}

    /** An invitation that waits. Its token is in the mail alone. */
    public record TenantInvitationView(
            UUID id, String email, String role, String invitedBy, OffsetDateTime createdAt, OffsetDateTime expiresAt) {
        static TenantInvitationView from(TenantInvitation invitation) {
            return new TenantInvitationView(
                    invitation.id(),
                    invitation.email(),
                    invitation.role().label(),
                    invitation.invitedBy().orElse(null),
                    invitation.createdAt(),
                    invitation.expiresAt());
        }
    }

    /** A page of invitations. */
    public record TenantInvitationPage(List<TenantInvitationView> items, long total, int page, int pageSize) {
        static TenantInvitationPage from(Page<TenantInvitation> page) {
            return new TenantInvitationPage(
                    page.items().stream().map(TenantInvitationView::from).toList(),
                    page.total(),
                    page.page(),
                    page.pageSize());
        }
    }

    @Inject
    TenantInvitations invitations;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the invitations that wait; for owners and admins")
    public TenantInvitationPage invitations(
            @PathParam("id") UUID id, @QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return TenantInvitationPage.from(invitations.page(caller(), id, Pages.of(page, pageSize)));
    }

    // Without a scope, as for a role.
    @POST
    @MayCall(Caller.USER)
    @Operation(summary = "Invites an address by mail; for owners and admins")
    @APIResponseSchema(value = TenantInvitationView.class, responseCode = "201")
    public Response invite(@PathParam("id") UUID id, NewTenantInvitation invitation) {
        TenantInvitation made =
                invitations.add(caller(), id, invitation.email(), TenantMembersResource.role(invitation.role()));
        return Response.created(
                        uri.getAbsolutePathBuilder().path(made.id().toString()).build())
                .entity(TenantInvitationView.from(made))
                .build();
    }

    @DELETE
    @Path("{invitationId}")
    @Operation(summary = "Revokes an invitation; for owners and admins")
    public void revoke(@PathParam("id") UUID id, @PathParam("invitationId") UUID invitationId) {
        invitations.revoke(caller(), id, invitationId);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
