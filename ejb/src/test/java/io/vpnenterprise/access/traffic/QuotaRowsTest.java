package io.vpnenterprise.access.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaRowsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 1000, 0",
        "799, 1000, 0",
        "800, 1000, 80",
        "949, 1000, 80",
        "950, 1000, 95",
        "999, 1000, 95",
        "1000, 1000, 100",
        "5000, 1000, 100",
        "800000000000000000, 1000000000000000000, 80",
        "0, 1, 0",
        "1, 1, 100"
    })
    void reachesTheHighestMark(long used, long limit, int percent) {
        assertThat(QuotaRows.reached(used, limit)).isEqualTo(percent);
    }
}
