package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.AccountChanges;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's own password and address. Each wants the current password: a stolen session must not be enough. */
@Path("user")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@Tag(name = "Identity")
public class OwnAccountResource {

    /** A password for another. */
    public record PasswordChange(String currentPassword, String newPassword) {}

    /** Another address, and the password that permits it. */
    public record EmailChange(String password, String email) {}

    @Inject
    AccountChanges changes;

    @Context
    SecurityContext security;

    @PUT
    @Path("password")
    @MayCall(Caller.USER)
    @Operation(summary = "Sets a new password; the other sessions of the account end")
    public void changePassword(PasswordChange change) {
        changes.changePassword(CallerContext.caller(security), change.currentPassword(), change.newPassword());
    }

    @PUT
    @Path("email")
    @MayCall(Caller.USER)
    @Operation(summary = "Mails a link to a new address: the account moves there when it is followed")
    @APIResponse(responseCode = "202", description = "The link is on its way")
    public Response changeEmail(EmailChange change) {
        changes.changeEmail(CallerContext.caller(security), change.password(), change.email());
        return Response.accepted().build();
    }
}
