package io.vpnenterprise.tenants.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.tenants.TenantInvitations;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What whoever was invited to a tenant answers, by the token of the mail. */
@Path("tenant-invitations")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Tenants")
public class TenantInvitationAnswersResource {

    /** The token of the mail. */
    public record TenantInvitationToken(String token) {}

    @Inject
    TenantInvitations invitations;

    @Context
    SecurityContext security;

    @POST
    @Path("accept")
    @Operation(summary = "Makes the caller a member, when the invitation is for his address")
    public TenantsResource.TenantView accept(TenantInvitationToken invitation) {
        return TenantsResource.TenantView.from(invitations.accept(CallerContext.caller(security), invitation.token()));
    }

    @POST
    @Path("decline")
    @Operation(summary = "Ends the invitation")
    public void decline(TenantInvitationToken invitation) {
        invitations.decline(CallerContext.caller(security), invitation.token());
    }
}
