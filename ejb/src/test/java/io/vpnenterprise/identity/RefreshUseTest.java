package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefreshUseTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # next | last  | within grace | means
            true   | false | false        | FIRST
            false  | true  | true         | AGAIN
            false  | true  | false        | REPLY_LOST
            false  | false | true         | AGAIN
            false  | false | false        | REPLAY
            """)
    void decides(boolean next, boolean last, boolean withinGrace, RefreshUse expected) {
        assertThat(RefreshUse.of(next, last, withinGrace)).isEqualTo(expected);
    }
}
