package io.vpnenterprise.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTest {

    @ParameterizedTest
    @CsvSource({
        "08006, DATABASE_UNAVAILABLE",
        "57P01, DATABASE_UNAVAILABLE",
        "57P03, DATABASE_UNAVAILABLE",
        "53300, DATABASE_UNAVAILABLE",
        "40001, CONFLICT",
        "40P01, CONFLICT",
        "22021, INVALID_PARAMETER",
        "57014, INTERNAL",
        "23505, INTERNAL"
    })
    void saysWhatAFailureOfTheDatabaseMeans(String state, PlatformError code) {
        assertThat(Sql.failure(new SQLException("", state)).code()).isEqualTo(code);
    }

    @Test
    void takesWhatHasNoStateForAPoolThatGivesNoConnection() {
        assertThat(Sql.failure(new SQLException("")).code()).isEqualTo(PlatformError.DATABASE_UNAVAILABLE);
    }
}
