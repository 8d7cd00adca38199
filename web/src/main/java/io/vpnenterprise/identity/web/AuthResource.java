package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.Accounts;
import io.vpnenterprise.identity.KeyRing;
import io.vpnenterprise.identity.SignIn;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.RequestOrigin;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
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

    /** E-mail address and password. */
    public record Credentials(String email, String password) {}

    /** A refresh token, to be traded. */
    public record Refresh(String refreshToken) {}

    /** An account, as it sees itself. */
    public record UserView(UUID id, String email, String role, OffsetDateTime createdAt) {
        static UserView from(SignIn.Profile profile) {
            return new UserView(profile.id(), profile.email(), profile.role(), profile.createdAt());
        }
    }

    /** The tokens of a sign-in, named as OAuth 2.0 does (RFC 6749, section 5.1), in camel case. */
    public record SignInView(
            UserView user, String accessToken, String tokenType, long expiresInSeconds, String refreshToken) {
        static SignInView from(SignIn signIn) {
            return new SignInView(
                    UserView.from(signIn.user()),
                    signIn.accessToken(),
                    "Bearer",
                    signIn.accessTokenLife().toSeconds(),
                    signIn.refreshToken());
        }
    }

    @Inject
    Accounts accounts;

    @Inject
    KeyRing keys;

    @Inject
    RequestOrigin origin;

    @Context
    SecurityContext security;

    @POST
    @Path("signup")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Makes an account and signs it in")
    @APIResponseSchema(value = SignInView.class, responseCode = "201")
    public Response signUp(Credentials credentials) {
        SignIn signIn = accounts.signUp(credentials.email(), credentials.password(), origin.get());
        return Response.status(Response.Status.CREATED)
                .entity(SignInView.from(signIn))
                .build();
    }

    @POST
    @Path("login")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Signs in")
    public SignInView signIn(Credentials credentials) {
        return SignInView.from(accounts.signIn(credentials.email(), credentials.password(), origin.get()));
    }

    @POST
    @Path("refresh")
    @MayCall(MayCall.EVERYBODY)
    @SecurityRequirements
    @Operation(summary = "Trades a refresh token, once, for new tokens")
    public SignInView refresh(Refresh refresh) {
        return SignInView.from(accounts.refresh(refresh.refreshToken()));
    }

    @POST
    @Path("logout")
    @Consumes(MediaType.WILDCARD)
    @MayCall(Caller.USER)
    @Operation(summary = "Ends the session of this token: it stops at once")
    public void signOut() {
        accounts.signOut(CallerContext.caller(security));
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
