package io.vpnenterprise.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.VpnException;
import org.junit.jupiter.api.Test;

class ParametersTest {

    @Test
    void areFoundInAnyOrderAndAgain() {
        Parameters parameters = Parameters.of("SELECT $2, $1, $2::int, $12");

        assertThat(parameters.sql()).isEqualTo("SELECT ?, ?, ?::int, ?");
        assertThat(parameters.numbers()).containsExactly(2, 1, 2, 12);
    }

    @Test
    void areNoneInQuotesCommentsAndNames() {
        for (String sql : new String[] {
            "SELECT '$1'",
            "SELECT E'\\'$1'",
            "SELECT \"$1\"",
            "SELECT 1 -- $1",
            "SELECT 1 /* /* $1 */ $1 */",
            "SELECT $$ $1 $$",
            "SELECT $x$ $1 $$ $1 $x$",
            "SELECT a$1"
        }) {
            assertThat(Parameters.of(sql).numbers()).as(sql).isEmpty();
            assertThat(Parameters.of(sql).sql()).as(sql).isEqualTo(sql);
        }
    }

    @Test
    void leaveQuestionMarksToPostgres() {
        assertThat(Parameters.of("SELECT more ? 'a', more ?| $1, '?'").sql())
                .isEqualTo("SELECT more ?? 'a', more ??| ?, '?'");
    }

    @Test
    void haveNumbersFromOne() {
        assertThatThrownBy(() -> Parameters.of("SELECT $0")).isInstanceOf(VpnException.class);
        assertThatThrownBy(() -> Parameters.of("SELECT $99999999999")).isInstanceOf(VpnException.class);
    }
}
