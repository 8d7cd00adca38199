package io.vpnenterprise.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class JobRunsTest {

    @Test
    void pausesLongerAfterEachFailureUpToTwoMinutes() {
        assertThat(JobRuns.pauseAfter(1)).isEqualTo(Duration.ofSeconds(2));
        assertThat(JobRuns.pauseAfter(2)).isEqualTo(Duration.ofSeconds(4));
        assertThat(JobRuns.pauseAfter(6)).isEqualTo(Duration.ofSeconds(64));
        assertThat(JobRuns.pauseAfter(7)).isEqualTo(Duration.ofMinutes(2));
        assertThat(JobRuns.pauseAfter(1_000)).isEqualTo(Duration.ofMinutes(2));
    }
}
