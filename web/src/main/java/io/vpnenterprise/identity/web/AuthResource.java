package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.Accounts;
import io.vpnenterprise.identity.CsrfTokens;
import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.identity.KeyRing;
import io.vpnenterprise.identity.Passkeys;
import io.vpnenterprise.identity.SecondFactor;
import io.vpnenterprise.identity.SecondFactors;
import io.vpnenterprise.identity.SignIn;
import io.vpnenterprise.identity.SignInOutcome;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.CountedAs;
import io.vpnenterprise.platform.web.MayBeEmpty;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.RequestOrigin;
import io.vpnenterprise.platform.web.SessionCookies;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirements;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Accounts and sign-ins. */
@Path("auth")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@Tag(name = "Identity")
public class AuthResource {

    /**
     * E-mail address and password.
     *
     * @param deviceToken of an earlier answer to this device; a browser has it in a cookie; may be null
     * @param cookies true for a browser, which gets its session in cookies; may be null
     */
    public record Credentials(String email, String password, String deviceToken, Boolean cookies) {}

    /** A refresh token, to be traded. */
    public record Refresh(String refreshToken, Boolean cookies) {}

    /** An account, as it sees itself. */
    public record UserView(UUID id, String email, boolean emailVerified, String role, OffsetDateTime createdAt) {
        static UserView from(SignIn.Profile profile) {
            return new UserView(
                    profile.id(), profile.email(), profile.emailVerified(), profile.role(), profile.createdAt());
        }
    }

    /**
     * The answer to the question for a second factor: its challenge, and one of its methods.
     *
     * @param code for {@code totp} and {@code recovery-code}
     * @param assertion for {@code passkey}
     * @param deviceToken as in {@link Credentials}
     */
    public record SecondFactorAnswer(
            String challenge,
            String method,
            String code,
            PasskeyJson.Assertion assertion,
            String deviceToken,
            Boolean cookies) {}

    /**
     * What a browser signed with a passkey.
     *
     * @param deviceToken as in {@link Credentials}
     */
    public record PasskeySignIn(PasskeyJson.Assertion assertion, String deviceToken, Boolean cookies) {}

    /** What a page must send beside its cookie, as {@code X-CSRF-Token}. */
    public record CsrfView(String csrfToken) {}

    @Inject
    Accounts accounts;

    @Inject
    SecondFactors secondFactors;

    @Inject
    Passkeys passkeys;

    @Inject
    KeyRing keys;

    @Inject
    RequestOrigin origin;

    @Inject
    SessionCookies cookies;

    @Inject
    CsrfTokens csrfTokens;

    @Context
    SecurityContext security;

    @Context
    HttpHeaders headers;

    @POST
    @Path("signup")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Makes an account and signs it in")
    @APIResponseSchema(value = SignInAnswers.SignInView.class, responseCode = "201")
    public Response signUp(Credentials credentials) {
        SignIn signIn = accounts.signUp(
                credentials.email(), credentials.password(), deviceToken(credentials.deviceToken()), origin.get());
        return SignInAnswers.of(Response.Status.CREATED, signIn, credentials.cookies());
    }

    @POST
    @Path("login")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Signs in, or asks for the second factor of an account that has one")
    @APIResponseSchema(SignInAnswers.SignInView.class)
    public Response signIn(Credentials credentials) {
        SignInOutcome outcome = accounts.signIn(
                credentials.email(), credentials.password(), deviceToken(credentials.deviceToken()), origin.get());
        return SignInAnswers.of(Response.Status.OK, outcome, credentials.cookies());
    }

    @POST
    @Path("second-factor")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Answers the question for a second factor, and signs in")
    @APIResponseSchema(SignInAnswers.SignInView.class)
    public Response answer(SecondFactorAnswer answer) {
        SecondFactor factor = SecondFactor.find(answer.method())
                .orElseThrow(() -> VpnException.ofField(IdentityError.INVALID_METHOD, "method", null));
        SignIn signIn = secondFactors.answer(
                answer.challenge(),
                new SecondFactors.Answer(factor, answer.code(), PasskeyJson.assertion(answer.assertion())),
                deviceToken(answer.deviceToken()),
                origin.get());
        return SignInAnswers.of(Response.Status.OK, signIn, answer.cookies());
    }

    private String deviceToken(String field) {
        return DeviceCookie.tokenOf(field, headers);
    }

    @POST
    @Path("passkey/options")
    @Consumes(MediaType.WILDCARD)
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(
            summary = "What a browser asks for a passkey by",
            description = "For PublicKeyCredential.parseRequestOptionsFromJSON() (W3C Web Authentication, level 3).")
    public PasskeyJson.RequestOptions passkeyOptions() {
        return PasskeyJson.RequestOptions.from(passkeys.signInOptions());
    }

    @POST
    @Path("passkey")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Signs in by a passkey alone")
    @APIResponseSchema(SignInAnswers.SignInView.class)
    public Response signInByPasskey(PasskeySignIn given) {
        SignIn signIn = passkeys.signIn(
                PasskeyJson.assertion(given.assertion()), deviceToken(given.deviceToken()), origin.get());
        return SignInAnswers.of(Response.Status.OK, signIn, given.cookies());
    }

    @POST
    @Path("refresh")
    @MayCall(MayCall.EVERYBODY)
    @CountedAs(RouteClass.REFRESH)
    @SecurityRequirements
    @Operation(
            summary = "Trades a refresh token, once, for new tokens",
            description = "Without a body, the browser's cookie is traded, and the new tokens are cookies again.")
    @APIResponseSchema(SignInAnswers.SignInView.class)
    public Response refresh(@MayBeEmpty Refresh refresh) {
        if (refresh != null) {
            return SignInAnswers.of(
                    Response.Status.OK, accounts.refresh(refresh.refreshToken(), origin.get()), refresh.cookies());
        }
        // Without the CSRF token, which a page that was just loaded does not have yet: it gets it here.
        cookies.requireOwnOrigin(headers::getHeaderString);
        String token = SessionCookies.find(headers.getCookies(), SessionCookies.REFRESH)
                .orElse(null);
        return SignInAnswers.of(Response.Status.OK, accounts.refresh(token, origin.get()), true);
    }

    @POST
    @Path("logout")
    @Consumes(MediaType.WILDCARD)
    @MayCall(Caller.USER)
    @Operation(summary = "Ends the session of this token: it stops at once")
    public Response signOut() {
        accounts.signOut(CallerContext.caller(security));
        Response.ResponseBuilder answer = Response.noContent();
        boolean browser =
                SessionCookies.find(headers.getCookies(), SessionCookies.ACCESS).isPresent();
        return (browser ? SignInAnswers.withoutCookies(answer) : answer).build();
    }

    @GET
    @Path("csrf")
    @MayCall(Caller.USER)
    @Operation(summary = "What a page must send beside its session's cookie, as X-CSRF-Token")
    public CsrfView csrf() {
        return new CsrfView(
                csrfTokens.of(CallerContext.caller(security).credential().id()));
    }

    @GET
    @Path("me")
    @MayCall(Caller.USER)
    @Operation(summary = "The account behind this token")
    public UserView me() {
        return UserView.from(accounts.profile(CallerContext.caller(security)));
    }

    @GET
    @Path("jwks")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(
            summary = "The keys that access tokens are signed with, as a JSON Web Key Set (RFC 7517), without envelope")
    @APIResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema =
                                    @Schema(
                                            type =
                                                    org.eclipse.microprofile.openapi.annotations.enums.SchemaType
                                                            .OBJECT)))
    public String keySet() {
        return keys.publicKeySet();
    }
}
