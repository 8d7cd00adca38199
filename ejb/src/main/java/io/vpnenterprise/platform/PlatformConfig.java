package io.vpnenterprise.platform;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Settings of the ground itself. */
@ApplicationScoped
public class PlatformConfig implements FeatureConfig {

    /** In lower case, without the scheme's own port, a path or a pattern. */
    private static final Pattern ORIGIN = Pattern.compile(
            "(?:https://(?!.*:443$)|http://(?!.*:80$))(?:[a-z0-9.-]+|\\[[0-9a-f:.]+])(?::[1-9]\\d{0,4})?");

    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private byte[] masterKey;
    private String publicUrl;
    private LogLevel logLevel;
    private List<String> allowedOrigins;
    private TrustedProxies trustedProxies;
    private final Map<RouteClass, Rate> rates = new EnumMap<>(RouteClass.class);
    private String metricsToken;
    private Duration bodyDeadline;
    private Duration idempotencyKept;
    private Duration housekeepingEvery;
    private int jobsAtOnce;
    private Duration jobNodeDeadAfter;

    @Override
    public void read(Settings settings) {
        masterKey = settings.secret("vpn.master-key")
                .map(PlatformConfig::decodeKey)
                .orElseThrow(
                        () -> new IllegalStateException(
                                "vpn.master-key is not set: give 32 random bytes in base64, or their file by VPN_MASTER_KEY_FILE"));
        publicUrl = settings.text("vpn.public-url", "http://localhost:8080");
        // Compared with what browsers send, and begins what clients and providers compare.
        requireOrigin("VPN_PUBLIC_URL", publicUrl);
        // The original's name and words.
        logLevel = LogLevel.parse(settings.text("LOG_LEVEL", LogLevel.INFO.word()));
        // The original's name. Exact origins; empty means that browsers of other origins get nothing.
        allowedOrigins = settings.list("ALLOWED_ORIGINS", List.of());
        allowedOrigins.forEach(origin -> requireOrigin("ALLOWED_ORIGINS", origin));
        // Whoever is in them can claim any address, so none by default.
        trustedProxies = TrustedProxies.of(settings.list("vpn.trusted-proxies", List.of()));
        metricsToken = settings.secret("vpn.metrics-token").orElse(null);
        // As the original.
        rates.put(RouteClass.PUBLIC, settings.rate("vpn.rate-limits.public", new Rate(100, Duration.ofMinutes(15))));
        // Behind one address may be a company; nobody types a password more often than this.
        rates.put(RouteClass.CREDENTIALS, settings.rate("vpn.rate-limits.credentials", new Rate(60, A_MINUTE)));
        // All of that company's clients refresh their sessions, and open their sockets again when a network was away.
        rates.put(RouteClass.REFRESH, settings.rate("vpn.rate-limits.refresh", new Rate(600, A_MINUTE)));
        // A program that calls ten times a second is served; one that runs wild is not.
        rates.put(RouteClass.API, settings.rate("vpn.rate-limits.api", new Rate(600, A_MINUTE)));
        // As the original.
        rates.put(RouteClass.STRICT, settings.rate("vpn.rate-limits.strict", new Rate(10, A_MINUTE)));
        // 1 MiB takes 17 s at 512 kbit/s; a thread waits for whoever is slower.
        bodyDeadline = settings.duration(
                "vpn.body-deadline", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(10));
        // A client that retries after a day has lost its answer for good; longer would only keep data.
        idempotencyKept = settings.duration(
                "vpn.idempotency-kept", Duration.ofHours(24), Duration.ofMinutes(1), Duration.ofDays(30));
        housekeepingEvery = settings.duration(
                "vpn.housekeeping-every", Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofDays(1));
        // Four sessions that copy databases are slower than two, on two cores.
        jobsAtOnce = settings.number("vpn.jobs.at-once", 2, 1, 64);
        // Its runs are then begun anew elsewhere; a pause of the garbage collector is no death.
        jobNodeDeadAfter = settings.duration(
                "vpn.jobs.node-dead-after", Duration.ofSeconds(15), Duration.ofSeconds(3), Duration.ofMinutes(10));
    }

    /** As browsers write it (RFC 6454, section 6.2): what they never send would never match, and {@code null} is anybody. */
    private static void requireOrigin(String setting, String origin) {
        if (!ORIGIN.matcher(origin).matches()) {
            throw new IllegalStateException(setting + ": no origin as browsers send it, such as"
                    + " https://console.example.org or http://localhost:3000: in lower case, without a path, a slash at"
                    + " the end or the scheme's own port: " + origin);
        }
    }

    private static byte[] decodeKey(String text) {
        try {
            byte[] key = Base64.getDecoder().decode(text);
            if (key.length == 32) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // Said below, without the text.
        }
        throw new IllegalStateException("vpn.master-key is not 32 bytes in base64");
    }

    byte[] masterKey() {
        return masterKey.clone();
    }

    /** Where clients reach the platform, as browsers write an origin; the issuer of its tokens. */
    public String publicUrl() {
        return publicUrl;
    }

    LogLevel logLevel() {
        return logLevel;
    }

    public List<String> allowedOrigins() {
        return allowedOrigins;
    }

    public TrustedProxies trustedProxies() {
        return trustedProxies;
    }

    /** How often one client may call routes of this class, on each application node. */
    public Rate rate(RouteClass route) {
        return rates.get(route);
    }

    /** What a scraper of {@code /metrics} must present; empty when only admins may read it. */
    public java.util.Optional<String> metricsToken() {
        return java.util.Optional.ofNullable(metricsToken);
    }

    /** How long a request's body may take, from the first look for it. */
    public Duration bodyDeadline() {
        return bodyDeadline;
    }

    public Duration idempotencyKept() {
        return idempotencyKept;
    }

    public Duration housekeepingEvery() {
        return housekeepingEvery;
    }

    /** How many jobs that were asked for run on this application node at the same time. */
    public int jobsAtOnce() {
        return jobsAtOnce;
    }

    /** How long an application node may be silent before its jobs are begun anew. */
    public Duration jobNodeDeadAfter() {
        return jobNodeDeadAfter;
    }
}
