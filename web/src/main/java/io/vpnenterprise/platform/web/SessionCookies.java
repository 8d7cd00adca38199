package io.vpnenterprise.platform.web;

import io.vpnenterprise.identity.CsrfTokens;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Cookie;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The session of a browser, in cookies that no script can read. A browser sends them whoever made the page, so what changes
 * something needs two proofs more: the session's CSRF token in a header, and no foreign origin. {@code SameSite=Strict} is
 * a third, which older browsers and sibling hosts do not keep to.
 */
@ApplicationScoped
public class SessionCookies {

    /** The prefix makes browsers refuse it from other hosts, without TLS or for a part of the site (RFC 6265bis). */
    public static final String ACCESS = "__Host-access";

    /** Goes to every address, though {@code /api/auth} alone needs it: for a part of the site there is no such prefix. */
    public static final String REFRESH = "__Host-refresh";

    /** What a browser is known by when it signs in again. */
    public static final String DEVICE = "__Host-device";

    /** What other clients are known by. */
    public static final String DEVICE_HEADER = "Device-Token";

    /** Carries a session's CSRF token. */
    public static final String CSRF_HEADER = "X-CSRF-Token";

    /** What a browser says of a request that no foreign page made (Fetch Metadata, section 2.3). */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    @Inject
    PlatformConfig config;

    @Inject
    CsrfTokens csrfTokens;

    /** The value of a cookie, if the request has it. */
    public static Optional<String> find(Map<String, Cookie> cookies, String name) {
        return Optional.ofNullable(cookies.get(name)).map(Cookie::getValue).filter(value -> !value.isBlank());
    }

    /** Of an earlier sign-in on this device, by the header or the cookie; may be anything. */
    public static Optional<String> deviceToken(UnaryOperator<String> header, Map<String, Cookie> cookies) {
        return Optional.ofNullable(header.apply(DEVICE_HEADER)).or(() -> find(cookies, DEVICE));
    }

    /**
     * @param header gives a header's value by its name, or null
     * @throws VpnException {@code CSRF_TOKEN_INVALID} or {@code FOREIGN_ORIGIN}
     */
    public void requireOwnPage(UnaryOperator<String> header, UUID sessionId) {
        requireOwnOrigin(header);
        if (!csrfTokens.matches(sessionId, header.apply(CSRF_HEADER))) {
            throw new VpnException(PlatformError.CSRF_TOKEN_INVALID);
        }
    }

    /**
     * Browsers of today always say one of the two, other clients neither.
     *
     * @throws VpnException {@code FOREIGN_ORIGIN}
     */
    public void requireOwnOrigin(UnaryOperator<String> header) {
        String origin = header.apply("Origin");
        String site = header.apply("Sec-Fetch-Site");
        boolean own = origin == null
                ? site == null || OWN_SITES.contains(site)
                : origin.equals(config.publicUrl()) || config.allowedOrigins().contains(origin);
        if (!own) {
            throw new VpnException(PlatformError.FOREIGN_ORIGIN);
        }
    }
}
