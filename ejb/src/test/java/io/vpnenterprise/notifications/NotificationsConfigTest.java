package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationsConfigTest {

    private static final Map<String, String> SERVER =
            Map.of("vpn.smtp-host", "mail.example.org", "vpn.smtp-from", "vpn@example.org");

    @Test
    void hasTheseDefaults() {
        NotificationsConfig config = read(Map.of());

        assertThat(config.smtp()).isEmpty();
        assertThat(config.trustFile()).isEmpty();
        assertThat(config.retryFirst()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.retryMost()).isEqualTo(Duration.ofHours(1));
        assertThat(config.mailGiveUp()).isEqualTo(Duration.ofDays(1));
        assertThat(config.webhookGiveUp()).isEqualTo(Duration.ofDays(3));
        assertThat(config.webhookDeadline()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.webhookDisableAfter()).isEqualTo(Duration.ofDays(5));
        assertThat(config.anyNetwork()).isFalse();
        assertThat(config.webhooksPerUser()).isEqualTo(10);
        assertThat(config.alertMailsPerHour()).isEqualTo(3);
        assertThat(config.kept()).isEqualTo(Duration.ofDays(30));
    }

    @Test
    void asksForTlsAndASenderWhereThereIsAMailServer() {
        NotificationsConfig.Smtp smtp = read(SERVER).smtp().orElseThrow();

        assertThat(smtp.tls()).isEqualTo(NotificationsConfig.Tls.STARTTLS);
        assertThat(smtp.port()).isEqualTo(587);
        assertThatThrownBy(() -> read(Map.of("vpn.smtp-host", "mail.example.org")))
                .hasMessageContaining("vpn.smtp-from");
    }

    @ParameterizedTest
    @CsvSource({"vpn.smtp-tls, maybe", "vpn.smtp-user, only-a-user", "vpn.webhooks.networks, all", "vpn.smtp-port, 0"})
    void refusesWhatMakesNoSense(String key, String value) {
        Map<String, String> settings = new java.util.HashMap<>(SERVER);
        settings.put(key, value);

        assertThatThrownBy(() -> read(settings)).hasMessageContaining(key);
    }

    @Test
    void doesNotPrintThePassword() {
        Map<String, String> settings = new java.util.HashMap<>(SERVER);
        settings.putAll(Map.of("vpn.smtp-user", "u", "vpn.smtp-password", "very secret"));

        assertThat(read(settings).smtp().toString()).doesNotContain("very secret");
    }

    private static NotificationsConfig read(Map<String, String> values) {
        NotificationsConfig config = new NotificationsConfig();
        config.read(new Settings(key -> Optional.ofNullable(values.get(key))));
        return config;
    }
}
