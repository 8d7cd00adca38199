package io.vpnenterprise.platform;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/** Settings of the ground itself. */
@ApplicationScoped
public class PlatformConfig implements FeatureConfig {

    private byte[] masterKey;
    private String publicUrl;
    private List<String> allowedOrigins;
    private String metricsToken;
    private Duration idempotencyKept;
    private Duration housekeepingEvery;

    @Override
    public void read(Settings settings) {
        masterKey = settings.secret("vpn.master-key")
                .map(PlatformConfig::decodeKey)
                .orElseThrow(
                        () -> new IllegalStateException(
                                "vpn.master-key is not set: give 32 random bytes in base64, or their file by VPN_MASTER_KEY_FILE"));
        publicUrl = settings.text("vpn.public-url", "http://localhost:8080");
        // The original's name. Exact origins; empty means that browsers of other origins get nothing.
        allowedOrigins = settings.list("ALLOWED_ORIGINS", List.of());
        metricsToken = settings.secret("vpn.metrics-token").orElse(null);
        // A client that retries after a day has lost its answer for good; longer would only keep data.
        idempotencyKept = settings.duration(
                "vpn.idempotency-kept", Duration.ofHours(24), Duration.ofMinutes(1), Duration.ofDays(30));
        housekeepingEvery = settings.duration(
                "vpn.housekeeping-every", Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofDays(1));
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

    /** Where clients reach the platform, without a slash at the end; the issuer of its tokens. */
    public String publicUrl() {
        return publicUrl;
    }

    public List<String> allowedOrigins() {
        return allowedOrigins;
    }

    /** What a scraper of {@code /metrics} must present; empty when only admins may read it. */
    public java.util.Optional<String> metricsToken() {
        return java.util.Optional.ofNullable(metricsToken);
    }

    public Duration idempotencyKept() {
        return idempotencyKept;
    }

    public Duration housekeepingEvery() {
        return housekeepingEvery;
    }
}
