package io.vpnenterprise.identity.web;

import io.vpnenterprise.platform.web.SessionCookies;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/**
 * What a browser is known by when it signs in again: no session, and it outlives them all. Programs have the same as a
 * field, or as a header. {@code SameSite=Lax}, since it must come along when a provider sends the browser back; it opens
 * nothing.
 */
final class DeviceCookie {

    /** As long as browsers keep any (RFC 6265bis, section 5.5); the platform forgets an unused device earlier. */
    private static final Duration LIFE = Duration.ofDays(400);

    private DeviceCookie() {}

    /** Of the field, else of the header or the cookie; null when there is none. */
    static String tokenOf(String field, HttpHeaders headers) {
        return field == null
                ? SessionCookies.deviceToken(headers::getHeaderString, headers.getCookies())
                        .orElse(null)
                : field;
    }

    static Response.ResponseBuilder add(Response.ResponseBuilder answer, String token) {
        return answer.header(HttpHeaders.SET_COOKIE, SignInAnswers.cookie(SessionCookies.DEVICE, token, LIFE, "Lax"));
    }
}
