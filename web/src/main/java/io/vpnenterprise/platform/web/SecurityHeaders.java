package io.vpnenterprise.platform.web;

import jakarta.servlet.http.HttpServletResponse;

/** What every answer tells browsers not to do with it. */
final class SecurityHeaders {

    /** An answer of the API is no page: nothing in it loads, runs, or is framed (CSP level 3). */
    private static final String API_POLICY =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Pages use what this host serves, from files: no script or style in the page itself, no eval. */
    private static final String PAGE_POLICY =
            "default-src 'self'; object-src 'none'; base-uri 'none';" + " form-action 'self'; frame-ancestors 'none'";

    /** A year. Not for subdomains, which may be somebody else's (RFC 6797, section 6.1.2). */
    private static final String TRANSPORT_SECURITY = "max-age=31536000";

    private SecurityHeaders() {}

    /** @param secure whether the client spoke TLS: over plain HTTP browsers ignore what is said of it */
    static void set(String path, boolean secure, HttpServletResponse response) {
        response.setHeader("Content-Security-Policy", isPage(path) ? PAGE_POLICY : API_POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        // Addresses hold ids, and mailed links hold tokens.
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        // Answers hold keys, tokens and members' data.
        response.setHeader("Cache-Control", "no-store");
        if (secure) {
            response.setHeader("Strict-Transport-Security", TRANSPORT_SECURITY);
        }
    }

    /** A download link opens a page with a form. */
    private static boolean isPage(String path) {
        return !path.startsWith("/api/") || path.startsWith("/api/vpn/links/");
    }
}
