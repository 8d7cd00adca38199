package io.vpnenterprise.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {

    @Test
    void givesTheOtherFiguresWhileOneCannotBeAsked() {
        Metrics metrics = new Metrics();
        metrics.gauges("vpn_away", "help", "state", () -> {
            throw new VpnException(PlatformError.DATABASE_UNAVAILABLE);
        });
        metrics.gauges("vpn_there", "help", "state", () -> Map.of("up", 3L));

        MetricSnapshot there = metrics.registry().scrape(name -> name.equals("vpn_there")).stream()
                .findFirst()
                .orElseThrow();

        assertThat(there.getDataPoints()).hasSize(1);
        assertThat(metrics.registry().scrape()).isNotEmpty();
    }
}
