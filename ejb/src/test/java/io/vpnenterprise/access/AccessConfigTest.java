package io.vpnenterprise.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.identity.Limits;
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
        assertThat(config.reconcileEvery()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.foreignPeerCap()).isEqualTo(100);
        assertThat(config.perUser()).isEqualTo(Limits.of(100, 100, null, null, null));
        assertThat(config.connectionLife()).isEmpty();
        assertThat(config.peerKeyLife()).contains(Duration.ofDays(30));
        assertThat(config.peerKeyNotice()).isEqualTo(Duration.ofDays(3));
        assertThat(config.ticketLife()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.dns()).isEqualTo(List.of("1.1.1.1", "1.0.0.1"));
    }

    @Test
    void takesLimitsThatAreNone() {
        assertThat(read(Map.of("vpn.access.monthly-gigabytes", "10", "vpn.access.kbit-per-second", "8000"))
                        .perUser())
                .isEqualTo(Limits.of(100, 100, 10_000_000_000L, 8_000, null));
        assertThatThrownBy(() -> read(Map.of("vpn.access.kbit-per-second", "63")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("vpn.access.kbit-per-second must be 0, or 64 and more");
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
