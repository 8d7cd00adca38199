package io.vpnenterprise.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.Settings;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueryConfigTest {

    @Test
    void hasTheseDefaults() {
        QueryConfig config = new QueryConfig();
        config.read(new Settings(key -> Optional.empty()));

        assertThat(config.atOncePerTenant()).isEqualTo(6);
        assertThat(config.pagesKept()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.historyKept()).isEqualTo(Duration.ofDays(30));
    }
}
