package io.vpnenterprise.identity;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Settings of accounts and tokens. */
@ApplicationScoped
public class IdentityConfig implements FeatureConfig {

    private Duration accessTokenLife;
    private Duration sessionLife;
    private Duration verificationLinkLife;
    private Duration resetLinkLife;
    private String adminEmail;
    private Optional<String> adminPassword;

    @Override
    public void read(Settings settings) {
        // Short, since a verifier of another system may accept it without asking us.
        accessTokenLife = settings.duration(
                "vpn.identity.access-token-life", Duration.ofMinutes(15), Duration.ofSeconds(1), Duration.ofHours(1));
        // Refreshing does not lengthen it: a stolen session ends by itself.
        sessionLife = settings.duration(
                "vpn.identity.session-life", Duration.ofDays(30), Duration.ofMinutes(1), Duration.ofDays(90));
        // A mail may lie over night in the queue of a mail server, or unread.
        verificationLinkLife = settings.duration(
                "vpn.identity.verification-link-life", Duration.ofHours(24), Duration.ofMinutes(5), Duration.ofDays(7));
        // Whoever reads the mailbox has the account with it, so it works for as long as its owner waits for it.
        resetLinkLife = settings.duration(
                "vpn.identity.reset-link-life", Duration.ofHours(1), Duration.ofMinutes(5), Duration.ofHours(24));
        adminEmail = settings.text("vpn.admin-email", "admin@vpn.local");
        // Makes the first admin, when there is none; ignored afterwards.
        adminPassword = settings.secret("vpn.admin-password");
    }

    Duration accessTokenLife() {
        return accessTokenLife;
    }

    Duration sessionLife() {
        return sessionLife;
    }

    Duration verificationLinkLife() {
        return verificationLinkLife;
    }

    Duration resetLinkLife() {
        return resetLinkLife;
    }

    String adminEmail() {
        return adminEmail;
    }

    Optional<String> adminPassword() {
        return adminPassword;
    }
}
