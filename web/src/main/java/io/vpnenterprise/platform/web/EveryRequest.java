package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.LogContext;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.RouteClass;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * Where every request comes in, whatever answers it: names it, by the client's own name for it if that is harmless, finds
 * out where it came from, and gives the answer the headers that all have.
 */
@WebFilter(value = "/*", asyncSupported = true)
public class EveryRequest extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = Logger.getLogger(EveryRequest.class.getName());

    static final String REQUEST_ID = "X-Request-Id";

    private static final String ATTRIBUTE = Visit.class.getName();
    private static final int TOO_MANY_REQUESTS = 429;
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final String FORWARDED_PROTO = "X-Forwarded-Proto";

    /** Goes into logs: no spaces, no line breaks, no length to fill a disk with. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @Inject
    transient PlatformConfig config;

    @Inject
    transient CrossOrigin crossOrigin;

    @Inject
    transient RateLimits limits;

    /**
     * What is known of a request when it comes in.
     *
     * @param secure whether the client spoke TLS, to us or to a trusted proxy
     * @param publicUrl where clients reach us, whatever this one called us
     */
    record Visit(Origin origin, boolean secure, String publicUrl) {

        static Visit of(HttpServletRequest request) {
            return (Visit) request.getAttribute(ATTRIBUTE);
        }

        static Visit of(ContainerRequestContext request) {
            return (Visit) request.getProperty(ATTRIBUTE);
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Visit visit = visit(request);
        request.setAttribute(ATTRIBUTE, visit);
        response.setHeader(REQUEST_ID, visit.origin().requestId());
        SecurityHeaders.set(request.getRequestURI(), visit.secure(), response);
        LogContext.begin(visit.origin());
        long began = System.nanoTime();
        int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
        try {
            if (!crossOrigin.answers(request, response) && admits(request, visit, response)) {
                chain.doFilter(request, response);
            }
            status = response.getStatus();
        } finally {
            log(request, status, System.nanoTime() - began);
            LogContext.end();
        }
    }

    /** What becomes a socket never comes to the gate of the API. */
    private boolean admits(HttpServletRequest request, Visit visit, HttpServletResponse response) {
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            return true;
        }
        FixedWindows.Count count =
                limits.count(RouteClass.REFRESH, visit.origin().network());
        if (!count.admitted()) {
            response.setStatus(TOO_MANY_REQUESTS);
            response.setHeader("Retry-After", String.valueOf(count.resetSeconds()));
        }
        return count.admitted();
    }

    /** One line for each request, and never its query, headers or body: secrets are in them. */
    private static void log(HttpServletRequest request, int status, long nanos) {
        // Who has a download link's token has the file.
        String path = request.getRequestURI().replaceFirst("(/vpn/links/).+", "$1***");
        // Whoever watches us asks every few seconds.
        Level level = path.startsWith("/health") || path.equals("/metrics") ? Level.FINE : Level.INFO;
        if (LOG.isLoggable(level)) {
            Map<String, Object> fields = Map.of(
                    "method",
                    request.getMethod(),
                    "path",
                    path,
                    "status",
                    status,
                    "ms",
                    TimeUnit.NANOSECONDS.toMillis(nanos));
            LOG.log(level, "answered", fields);
        }
    }

    private Visit visit(HttpServletRequest request) {
        String peer = request.getRemoteAddr();
        String address = config.trustedProxies().clientOf(peer, Collections.list(request.getHeaders(FORWARDED_FOR)));
        boolean secure = config.trustedProxies().contains(peer) && request.getHeader(FORWARDED_PROTO) != null
                ? "https".equalsIgnoreCase(request.getHeader(FORWARDED_PROTO).strip())
                : request.isSecure();
        return new Visit(
                new Origin(address, request.getHeader("User-Agent"), requestId(request)), secure, config.publicUrl());
    }

    private static String requestId(HttpServletRequest request) {
        String given = request.getHeader(REQUEST_ID);
        return given != null && HARMLESS.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
    }
}
