package io.vpnenterprise.platform.web;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.vpnenterprise.identity.Scope;
import io.vpnenterprise.identity.TokenVerifier;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Credential;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.VpnException;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * {@code /metrics} in Prometheus' text format: the product's figures and the JVM's, under the same names on every server.
 * For admins, their API keys with {@code admin:read}, and for a scraper with the configured token.
 */
@WebServlet("/metrics")
public class MetricsServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final String SCHEME = "bearer ";

    @Inject
    transient Metrics metrics;

    @Inject
    transient PlatformConfig config;

    @Inject
    transient TokenVerifier tokens;

    @Inject
    transient RequestOrigin origin;

    @Override
    public void init() {
        JvmMetrics.builder().register(metrics.registry());
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!permitted(request.getHeader("Authorization"))) {
            response.setHeader("WWW-Authenticate", "Bearer");
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
            return;
        }
        response.setContentType(PrometheusTextFormatWriter.CONTENT_TYPE);
        PrometheusTextFormatWriter.create()
                .write(response.getOutputStream(), metrics.registry().scrape());
    }

    private boolean permitted(String header) {
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        String token = header.substring(SCHEME.length()).strip();
        if (config.metricsToken()
                .map(expected -> MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8)))
                .orElse(false)) {
            return true;
        }
        try {
            Caller caller = tokens.verify(token, origin.get()).caller();
            return caller.isAdmin() && mayRead(caller.credential());
        } catch (VpnException e) {
            return false;
        }
    }

    private static boolean mayRead(Credential credential) {
        return credential.kind() != Credential.Kind.API_KEY
                || credential.scopes().contains(Scope.ADMIN_READ.label());
    }
}
