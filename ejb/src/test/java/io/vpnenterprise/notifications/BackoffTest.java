package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration MOST = Duration.ofHours(1);

    @Test
    void doublesUpToAMost() {
        assertThat(Backoff.after(1, FIRST, MOST, 0.5)).isEqualTo(Duration.ofSeconds(10));
        assertThat(Backoff.after(2, FIRST, MOST, 0.5)).isEqualTo(Duration.ofSeconds(20));
        assertThat(Backoff.after(5, FIRST, MOST, 0.5)).isEqualTo(Duration.ofSeconds(160));
        assertThat(Backoff.after(20, FIRST, MOST, 0.5)).isEqualTo(MOST);
        assertThat(Backoff.after(Integer.MAX_VALUE, FIRST, MOST, 0.5)).isEqualTo(MOST);
    }

    @Test
    void spreadsByAFifth() {
        assertThat(Backoff.after(1, FIRST, MOST, 0)).isEqualTo(Duration.ofSeconds(8));
        assertThat(Backoff.after(1, FIRST, MOST, 1)).isEqualTo(Duration.ofSeconds(12));
    }
}
