package io.vpnenterprise.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditConfigTest {

    @Test
    void hasTheseDefaults() {
        AuditConfig config = read(Map.of());
        assertThat(config.anchorEvery()).isEqualTo(Duration.ofHours(1));
        assertThat(config.acknowledged()).isEqualTo(AuditHead.BEFORE_THE_FIRST);
    }

    @Test
    void acknowledgesAnAnchorAndNothingElse() {
        String hash = "0f".repeat(32);
        assertThat(read(Map.of("vpn.audit.acknowledged", "17:" + hash)).acknowledged())
                .isEqualTo(new AuditHead(17, hash));
        assertThatThrownBy(() -> read(Map.of("vpn.audit.acknowledged", "17")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("vpn.audit.acknowledged");
    }

    private static AuditConfig read(Map<String, String> values) {
        AuditConfig config = new AuditConfig();
        config.read(new Settings(key -> Optional.ofNullable(values.get(key))));
        return config;
    }
}
