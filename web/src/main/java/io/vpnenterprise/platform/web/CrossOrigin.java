package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.PlatformConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;

/**
 * Lets browsers of the configured origins in (Fetch, section 3.2), with their cookies, each origin compared as a whole;
 * others get no header and so read nothing.
 */
@ApplicationScoped
public class CrossOrigin {

    /** What clients may send beyond what every page may. */
    static final List<String> ALLOWED = List.of(
            "Authorization",
            "Content-Type",
            SessionCookies.DEVICE_HEADER,
            "Idempotency-Key",
            "apikey",
            "Key-Ticket",
            SessionCookies.CSRF_HEADER,
            "X-Request-Id");

    private static final List<String> EXPOSED = List.of(
            "Content-Disposition",
            "Idempotent-Replayed",
            "Location",
            "RateLimit-Limit",
            "RateLimit-Policy",
            "RateLimit-Remaining",
            "RateLimit-Reset",
            "Retry-After",
            "WWW-Authenticate",
            "X-Request-Id");

    private static final String PREFLIGHT = "Access-Control-Request-Method";

    @Inject
    PlatformConfig config;

    /** Sets the answer's headers; true when that is all the answer there is. */
    boolean answers(HttpServletRequest request, HttpServletResponse response) {
        // On every answer: a cache must not give one origin's to another.
        response.setHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        if (origin != null && config.allowedOrigins().contains(origin)) {
            allow(origin, request.getHeader(PREFLIGHT) != null, response);
        }
        if (!request.getMethod().equals("OPTIONS")) {
            return false;
        }
        // The same for every address: what a server answers by itself tells which there are.
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        return true;
    }

    private static void allow(String origin, boolean preflight, HttpServletResponse response) {
        response.setHeader("Access-Control-Allow-Origin", origin);
        response.setHeader("Access-Control-Allow-Credentials", "true");
        response.setHeader("Access-Control-Expose-Headers", String.join(", ", EXPOSED));
        if (preflight) {
            response.setHeader("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
            response.setHeader("Access-Control-Allow-Headers", String.join(", ", ALLOWED));
            response.setHeader("Access-Control-Max-Age", "3600");
        }
    }
}
