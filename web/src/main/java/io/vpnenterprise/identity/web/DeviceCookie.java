package io.vpnenterprise.identity.web;

import io.vpnenterprise.platform.web.SessionCookies;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/**
 * What a browser is known by when it signs in again: no session, and it outlives them all. Programs have the same as a
 * field.
 */
final class DeviceCookie {

    private static final String NAME = "__Secure-device";

    /** As long as browsers keep any (RFC 6265bis, section 5.5); the platform forgets an unused device earlier. */
    private static final Duration LIFE = Duration.ofDays(400);

    private DeviceCookie() {}

    /** Of the field, else of the cookie; null when there is neither. */
    static String tokenOf(String field, HttpHeaders headers) {
        return field == null ? SessionCookies.find(headers.getCookies(), NAME).orElse(null) : field;
    }

    static Response.ResponseBuilder add(Response.ResponseBuilder answer, String token) {
        SignInAnswers.PATHS.forEach(
                path -> answer.header(HttpHeaders.SET_COOKIE, SignInAnswers.cookie(NAME, token, path, LIFE)));
        return answer;
    }
}
