package io.vpnenterprise.query.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes a part of a statement. */
class SqlTextTest {

    @Test
    void quotesNamesAndTexts() {
        assertThat(SqlText.name("a\"; DROP TABLE b; --")).isEqualTo("\"a\"\"; DROP TABLE b; --\"");
        assertThat(SqlText.literal("it's")).isEqualTo("'it''s'");
        assertThat(SqlText.literal("\\'; DROP")).isEqualTo("E'\\\\''; DROP'");
        assertThatThrownBy(() -> SqlText.name("n".repeat(64))).hasMessageContaining("63 bytes");
        assertThatThrownBy(() -> SqlText.name("\uD800")).hasMessageContaining("63 bytes");
    }

    @Test
    void readsSchemaAndTable() {
        assertThat(TableName.parse("birds")).isEqualTo(new TableName("public", "birds"));
        assertThat(TableName.parse("a.b.c")).isEqualTo(new TableName("a", "b.c"));
        assertThat(TableName.parse("\"a.b\".\"c\"\"d\"")).isEqualTo(new TableName("a.b", "c\"d"));
        assertThat(TableName.parse("\"a.b\"")).isEqualTo(new TableName("public", "a.b"));
        assertThat(TableName.parse("a.b c")).isEqualTo(new TableName("a", "b c"));
        for (String wrong : new String[] {"", ".a", "a.", "\"a", "\"a\"b", "a.\"b", "a.\"b\"c", "\"\"", "a\0.b"}) {
            assertThatThrownBy(() -> TableName.parse(wrong)).as(wrong).hasMessageContaining("63 bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int",
                "double precision",
                "Character Varying(20)",
                "numeric(10, -2)",
                "text[][3]",
                "public.mood",
                "\"My type\"[]",
                "timestamp(3) with time zone",
                "time without time zone",
                "bit varying(5)",
                "interval"
            })
    void takesTypes(String type) {
        assertThat(TypeName.require(type, "type")).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "int not null",
                "int)",
                "int,b int",
                "a.b.c",
                "int; x",
                "\"a",
                "int--",
                "varchar(1)(2)",
                "text[1",
                "int primary key"
            })
    void takesNothingElseForAType(String type) {
        assertThatThrownBy(() -> TypeName.require(type, "type")).hasMessageContaining("not the name of a type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a > 0", "now() - interval '1 day'", "(a) = (';')", "\"a;)\" = 'it''s (' || x", "a - -1", "a / b"
            })
    void takesExpressions(String expression) {
        assertThat(SqlExpression.inBrackets(expression, "check")).isEqualTo("(" + expression + ")");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ",
                "a) OR (b",
                "(a",
                "a;",
                "a -- b",
                "a /* b",
                "'a",
                "\"a",
                "'a\\' || b",
                "$$a$$",
                "e'\\'); x --'",
                "date'\\'); x --'",
                "\0"
            })
    void holdsAnExpressionInItsBrackets(String expression) {
        assertThatThrownBy(() -> SqlExpression.inBrackets(expression, "check"))
                .hasMessageContaining("brackets in pairs");
    }
}
