package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.Invitations;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
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

/** What somebody who was invited answers. The person himself: no API key may. */
@Path("invitations")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Organisations")
public class InvitationsResource {

    /** The token of the mail. */
    public record InvitationToken(String token) {}

    @Inject
    Invitations invitations;

    @Context
    SecurityContext security;

    @POST
    @Path("accept")
    @Operation(summary = "Makes the caller a member, when the invitation is for his address")
    public OrganisationsResource.OrganisationView accept(InvitationToken invitation) {
        return OrganisationsResource.OrganisationView.from(
                invitations.accept(CallerContext.caller(security), invitation.token()));
    }

    @POST
    @Path("decline")
    @Operation(summary = "Ends the invitation")
    public void decline(InvitationToken invitation) {
        invitations.decline(CallerContext.caller(security), invitation.token());
    }
}
