package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.SecondFactor;
import io.vpnenterprise.identity.SecondFactorAsked;
import io.vpnenterprise.identity.SignIn;
import io.vpnenterprise.identity.provider.ExternalSignIns;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CountedAs;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.RequestOrigin;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirements;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Sign-in by other providers. A browser navigates through these addresses: it is sent on by 303, its session is in cookies,
 * and a failure is named behind the {@code #} of the sign-in page. A program that accepts {@code application/json} gets
 * what every other sign-in gives it.
 */
@Path("auth/oidc")
@Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_HTML})
@RequestScoped
@MayCall(MayCall.EVERYBODY)
@Tag(name = "Identity")
public class OidcResource {

    /** A provider to choose from. */
    public record ProviderView(String id, String name, String start) {
        static ProviderView from(ExternalSignIns.Choice choice) {
            return new ProviderView(choice.id(), choice.name(), "/api/auth/oidc/" + choice.id() + "/start");
        }
    }

    /** All of them, in the operator's order. */
    public record ProviderPage(List<ProviderView> items, long total, int page, int pageSize) {
        static ProviderPage from(List<ExternalSignIns.Choice> choices) {
            return new ProviderPage(
                    choices.stream().map(ProviderView::from).toList(), choices.size(), 1, choices.size());
        }
    }

    @Inject
    ExternalSignIns signIns;

    @Inject
    PlatformConfig config;

    @Inject
    RequestOrigin origin;

    @Context
    HttpHeaders headers;

    @Context
    UriInfo uri;

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @SecurityRequirements
    @Operation(summary = "The providers to sign in by")
    public ProviderPage providers() {
        return ProviderPage.from(signIns.choices());
    }

    @GET
    @Path("{id}/start")
    @CountedAs(RouteClass.CREDENTIALS)
    @SecurityRequirements
    @Operation(summary = "Sends the browser to the provider")
    @APIResponse(responseCode = "303", description = "To the provider, or to the sign-in page with #error=CODE")
    public Response start(@PathParam("id") String id, @QueryParam("returnTo") String returnTo) {
        try {
            ExternalSignIns.Begun begun = signIns.begin(id, returnTo, SignInCookie.find(headers), origin.get());
            return SignInCookie.setting(Response.seeOther(begun.address()), begun)
                    .build();
        } catch (VpnException e) {
            return failed(e);
        }
    }

    @GET
    @Path("{id}/callback")
    @CountedAs(RouteClass.CREDENTIALS)
    @SecurityRequirements
    @Operation(summary = "Where the provider sends the browser back to")
    @APIResponse(responseCode = "303", description = "To returnTo, signed in, or to the sign-in page with #error=CODE")
    public Response callback(@PathParam("id") String id) {
        try {
            return answer(signIns.finish(
                    id,
                    uri.getQueryParameters(),
                    SignInCookie.find(headers),
                    DeviceCookie.tokenOf(null, headers),
                    origin.get()));
        } catch (VpnException e) {
            return failed(e);
        }
    }

    private Response answer(ExternalSignIns.Finished finished) {
        if (finished instanceof ExternalSignIns.Finished.Linked linked) {
            return wantsJson()
                    ? Response.ok(IdentitiesResource.IdentityView.from(linked.identity()), MediaType.APPLICATION_JSON)
                            .build()
                    : Response.seeOther(linked.returnTo()).build();
        }
        ExternalSignIns.Finished.SignedIn signedIn = (ExternalSignIns.Finished.SignedIn) finished;
        if (wantsJson()) {
            return SignInAnswers.of(Response.Status.OK, signedIn.outcome(), false);
        }
        return signedIn.outcome() instanceof SignIn signIn
                ? SignInAnswers.withCookies(Response.seeOther(signedIn.returnTo()), signIn)
                        .build()
                : ask((SecondFactorAsked) signedIn.outcome(), signedIn.returnTo());
    }

    /** Behind the {@code #} nobody but the page sees it; and it is worth nothing without the second factor. */
    private Response ask(SecondFactorAsked asked, URI returnTo) {
        String methods = asked.methods().stream().map(SecondFactor::label).collect(Collectors.joining(","));
        return Response.seeOther(URI.create(config.publicUrl() + "/sign-in#challenge=" + asked.challenge() + "&methods="
                        + methods + "&returnTo=" + URLEncoder.encode(returnTo.toString(), StandardCharsets.UTF_8)))
                .build();
    }

    private Response failed(VpnException failure) {
        if (wantsJson()) {
            throw failure;
        }
        return Response.seeOther(URI.create(
                        config.publicUrl() + "/sign-in#error=" + failure.code().name()))
                .build();
    }

    /** Browsers accept text/html when they navigate; programs do not. */
    private boolean wantsJson() {
        return !headers.getAcceptableMediaTypes().contains(MediaType.TEXT_HTML_TYPE);
    }
}
