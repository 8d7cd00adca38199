package io.vpnenterprise.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.VpnException;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatementsTest {

    @Test
    void endAtSemicolonsOutsideOfQuotesCommentsAndBodies() {
        assertThat(texts("SELECT 1; SELECT 2")).containsExactly("SELECT 1", "SELECT 2");
        assertThat(texts("SELECT ';' ; SELECT \";\"")).hasSize(2);
        assertThat(texts("SELECT E'\\';' ; SELECT 2")).hasSize(2);
        assertThat(texts("SELECT 1 -- ; no\n; SELECT 2")).hasSize(2);
        assertThat(texts("SELECT 1 /* ; /* ; */ ; */; SELECT 2")).hasSize(2);
        assertThat(texts("DO $$ BEGIN PERFORM 1; END $$; SELECT 2")).hasSize(2);
        assertThat(texts("DO $x$ BEGIN PERFORM $$;$$; END $x$; SELECT 2")).hasSize(2);
        // The driver does not divide behind such a body: what stands there PostgreSQL refuses, as two commands in one.
        assertThat(texts("SELECT 3; CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END"))
                .hasSize(2);
    }

    @Test
    void knowWhereTheyBegin() {
        String text = "SELECT 1;\n\n  SELECT 1;SELECT 2;;  ;";

        assertThat(Statements.of(text).parts())
                .allSatisfy(part -> assertThat(text.substring(part.offset())).startsWith(part.sql()));
        assertThat(Statements.of(text).parts())
                .extracting(Statements.Part::number)
                .containsExactly(1, 2, 3);
    }

    @Test
    void areAtLeastOneAndOneWhereOneIsNeeded() {
        assertThatThrownBy(() -> Statements.of(" ; ;")).isInstanceOf(VpnException.class);
        assertThatThrownBy(() -> Statements.of("SELECT 1; SELECT 2").one())
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.code()).isEqualTo(QueryError.ONE_STATEMENT_NEEDED));
    }

    private static List<String> texts(String text) {
        return Statements.of(text).parts().stream()
                .map(part -> part.sql().strip())
                .toList();
    }
}
