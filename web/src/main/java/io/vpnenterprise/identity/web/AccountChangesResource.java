package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.AccountChanges;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.CountedAs;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.RequestOrigin;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirements;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What people change in their accounts by themselves: a proved address, a new password. */
@Path("auth")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@Tag(name = "Identity")
public class AccountChangesResource {

    /** The token of a mailed link. */
    public record LinkToken(String token) {}

    /** Whose password is forgotten. */
    public record ForgottenPassword(String email) {}

    /**
     * The token of a mailed link, and the password that is to be.
     *
     * @param deviceToken of an earlier sign-in on this device; may be null
     * @param cookies true for a browser, which gets the device's token in a cookie; may be null
     */
    public record NewPassword(String token, String newPassword, String deviceToken, Boolean cookies) {}

    /**
     * What the next sign-in on this device presents.
     *
     * @param deviceToken null for a browser
     */
    public record DeviceView(String deviceToken) {}

    @Inject
    AccountChanges changes;

    @Inject
    RequestOrigin origin;

    @Context
    SecurityContext security;

    @Context
    HttpHeaders headers;

    @POST
    @Path("verify-email")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Proves an e-mail address by the link that was mailed to it")
    public void verifyEmail(LinkToken link) {
        changes.verifyEmail(link.token(), origin.get());
    }

    @POST
    @Path("verify-email/send")
    @CountedAs(RouteClass.STRICT)
    @Consumes(MediaType.WILDCARD)
    @MayCall(Caller.USER)
    @Operation(summary = "Mails the link again that proves this account's e-mail address")
    @APIResponse(responseCode = "202", description = "It is on its way")
    public Response sendVerification() {
        changes.sendVerification(CallerContext.caller(security));
        return Response.accepted().build();
    }

    @POST
    @Path("forgot-password")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Mails a link for a new password, if an account has this address; the answer does not tell")
    @APIResponse(responseCode = "202", description = "It is on its way, if there is such an account")
    public Response forgotPassword(ForgottenPassword forgotten) {
        changes.forgotPassword(forgotten.email(), origin.get());
        return Response.accepted().build();
    }

    @POST
    @Path("reset-password")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Sets a new password by a mailed link; all sessions of the account end")
    @APIResponseSchema(DeviceView.class)
    public Response resetPassword(NewPassword password) {
        String deviceToken = changes.resetPassword(
                password.token(),
                password.newPassword(),
                DeviceCookie.tokenOf(password.deviceToken(), headers),
                origin.get());
        return Boolean.TRUE.equals(password.cookies())
                ? DeviceCookie.add(Response.ok(new DeviceView(null)), deviceToken)
                        .build()
                : Response.ok(new DeviceView(deviceToken)).build();
    }
}
