package io.vpnenterprise.access.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.Settings;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrafficConfigTest {

    @Test
    void hasTheseDefaults() {
        TrafficConfig config = new TrafficConfig();
        config.read(new Settings(key -> Optional.empty()));

        assertThat(config.silence()).isEqualTo(Duration.ofSeconds(180));
        assertThat(config.sessionsKept()).isEqualTo(Duration.ofDays(90));
        assertThat(config.usageKept()).isEqualTo(Duration.ofDays(400));
        assertThat(config.endpoints()).isEqualTo(new EndpointTrail.Limits(Duration.ofMinutes(5), 3, 10));
        assertThat(config.abuseTries()).isEqualTo(20);
    }
}
