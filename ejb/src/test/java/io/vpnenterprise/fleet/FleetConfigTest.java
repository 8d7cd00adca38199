package io.vpnenterprise.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FleetConfigTest {

    @Test
    void hasTheseDefaults() {
        FleetConfig config = new FleetConfig();
        config.read(new Settings(key -> Optional.empty()));
        assertThat(config.regions()).containsExactly("us-east", "us-west", "eu-central", "ap-south");
        assertThat(config.ipv4Space()).hasToString("10.64.0.0/10");
        assertThat(config.ipv6Space()).hasToString("fd5e:91b7:2c40::/48");
        assertThat(config.leaseLife()).isEqualTo(Duration.ofSeconds(4));
        assertThat(config.nodeStaleAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.loadStaleAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.selection(Optional.of("eu-central")))
                .isEqualTo(new ServerSelection(
                        List.of("eu-central", "us-east", "ap-south", "us-west"), 1_000_000_000 / Byte.SIZE));
        assertThat(config.serverKeyLife()).isEmpty();
        assertThat(config.serverKeyOverlap()).isEqualTo(Duration.ofDays(2));
        assertThat(config.embeddedNode()).isEmpty();
        assertThat(config.embeddedEndpoint()).isEqualTo("127.0.0.1");
        assertThat(config.embeddedPort()).isEqualTo(51_820);
    }
}
