package io.vpnenterprise.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccessConfigTest {

    @Test
    void hasTheseDefaults() {
        AccessConfig config = read(Map.of());
        assertThat(config.applyDeadline()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.reconcileEvery()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.foreignPeerCap()).isEqualTo(100);
        assertThat(config.devicesPerUser()).isEqualTo(100);
        assertThat(config.ticketLife()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.dns()).isEqualTo(List.of("1.1.1.1", "1.0.0.1"));
    }

    @Test
    void canLeaveClientsTheirOwnNameServers() {
        assertThat(read(Map.of("vpn.access.dns", "none")).dns()).isEmpty();
    }

    private static AccessConfig read(Map<String, String> values) {
        AccessConfig config = new AccessConfig();
        config.read(new Settings(key -> Optional.ofNullable(values.get(key))));
        return config;
    }
}
