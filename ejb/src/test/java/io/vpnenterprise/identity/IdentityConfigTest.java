package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.Settings;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IdentityConfigTest {

    @Test
    void hasTheseDefaults() {
        IdentityConfig config = new IdentityConfig();
        config.read(new Settings(key -> Optional.empty()));
        assertThat(config.accessTokenLife()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.sessionLife()).isEqualTo(Duration.ofDays(30));
        assertThat(config.signingKeyLead()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.signingKeyLife()).isEqualTo(Duration.ofDays(30));
        assertThat(config.sessionIdle()).isEqualTo(Duration.ofDays(14));
        assertThat(config.refreshGrace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.sessionsPerUser()).isEqualTo(100);
        assertThat(config.triesPerAccount()).isEqualTo(10);
        assertThat(config.triesPerKnownDevice()).isEqualTo(10);
        assertThat(config.triesPerAddress()).isEqualTo(100);
        assertThat(config.triesWindow()).isEqualTo(Duration.ofMinutes(15));
        assertThat(config.knownDeviceLife()).isEqualTo(Duration.ofDays(180));
        assertThat(config.knownDevicesPerUser()).isEqualTo(10);
        assertThat(config.linkMailsPerHour()).isEqualTo(5);
        assertThat(config.verificationLinkLife()).isEqualTo(Duration.ofHours(24));
        assertThat(config.resetLinkLife()).isEqualTo(Duration.ofHours(1));
        assertThat(config.secondFactorWait()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.confirmationLife()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.codeTries()).isEqualTo(10);
        assertThat(config.codeWindow()).isEqualTo(Duration.ofHours(1));
        assertThat(config.apiKeysPerUser()).isEqualTo(50);
        assertThat(config.organisationsPerUser()).isEqualTo(10);
        assertThat(config.invitationLife()).isEqualTo(Duration.ofDays(7));
        assertThat(config.invitationsPerDay()).isEqualTo(50);
        assertThat(config.adminEmail()).isEqualTo("admin@vpn.local");
        assertThat(config.adminPassword()).isEmpty();
    }
}
