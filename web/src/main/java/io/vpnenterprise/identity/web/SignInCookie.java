package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.provider.ExternalSignIns;
import io.vpnenterprise.platform.web.SessionCookies;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/**
 * Binds a sign-in that is under way at a provider to the browser that began it: whoever sends somebody else an address to
 * come back to would sign him in as himself otherwise. {@code SameSite=Lax}, since it must come along when the provider
 * sends the browser back.
 */
final class SignInCookie {

    private static final String NAME = "__Host-oidc";

    private SignInCookie() {}

    /** Null when the browser sent none. */
    static String find(HttpHeaders headers) {
        return SessionCookies.find(headers.getCookies(), NAME).orElse(null);
    }

    static Response.ResponseBuilder setting(Response.ResponseBuilder answer, ExternalSignIns.Begun begun) {
        return answer.header(
                HttpHeaders.SET_COOKIE,
                "%s=%s; Path=/; Max-Age=%d; HttpOnly; Secure; SameSite=Lax"
                        .formatted(NAME, begun.browser(), begun.life().toSeconds()));
    }
}
