package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.VpnException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A column that somebody wants; what is null is not said.
 *
 * @param identity {@code always} or {@code by default}
 */
public record ColumnSpec(
        String name,
        String type,
        Boolean nullable,
        Default byDefault,
        String identity,
        boolean unique,
        String comment) {

    /**
     * What a row gets without a value: at most one of the three.
     *
     * @param value a constant; what is neither text, number nor boolean counts as its JSON
     * @param function one of a short list
     * @param expression the member's own SQL
     */
    public record Default(JsonValue value, String function, String expression) {

        private static final Set<String> FUNCTIONS = Set.of(
                "now()",
                "clock_timestamp()",
                "statement_timestamp()",
                "current_timestamp",
                "current_date",
                "current_time",
                "localtimestamp",
                "gen_random_uuid()",
                "current_user");

        /** In a statement; empty when nothing is said. */
        Optional<String> sql(String field) {
            if (Stream.of(value, function, expression)
                            .filter(said -> said != null)
                            .count()
                    > 1) {
                throw VpnException.ofField(CatalogueError.INVALID_COLUMN_DEFAULT, field, null);
            }
            if (value != null) {
                return Optional.of(constant(value));
            }
            if (expression != null) {
                return Optional.of(SqlExpression.inBrackets(expression, field));
            }
            return Optional.ofNullable(function).map(wanted -> known(wanted, field));
        }

        private static String constant(JsonValue value) {
            return switch (value.getValueType()) {
                case NULL -> "NULL";
                case TRUE -> "true";
                case FALSE -> "false";
                case NUMBER -> ((JsonNumber) value).bigDecimalValue().toString();
                case STRING -> SqlText.literal(((JsonString) value).getString());
                default -> SqlText.literal(value.toString());
            };
        }

        private static String known(String wanted, String field) {
            String name = wanted.strip().toLowerCase(Locale.ROOT);
            return Stream.of(name, name + "()")
                    .filter(FUNCTIONS::contains)
                    .findFirst()
                    .orElseThrow(() -> VpnException.ofField(CatalogueError.INVALID_COLUMN_DEFAULT, field, null));
        }
    }

    /** As {@code CREATE TABLE} and {@code ADD COLUMN} want it. */
    String definition() {
        StringBuilder sql = new StringBuilder(SqlText.name(name)).append(' ').append(TypeName.require(type, name));
        if (identity != null) {
            sql.append(" GENERATED ").append(generated()).append(" AS IDENTITY");
        }
        byDefault.sql(name).ifPresent(value -> sql.append(" DEFAULT ").append(value));
        if (Boolean.FALSE.equals(nullable)) {
            sql.append(" NOT NULL");
        }
        if (unique) {
            sql.append(" UNIQUE");
        }
        return sql.toString();
    }

    private String generated() {
        return Arrays.asList("always", "by default").contains(identity)
                ? identity.toUpperCase(Locale.ROOT)
                : invalidIdentity();
    }

    private String invalidIdentity() {
        throw VpnException.ofField(CatalogueError.INVALID_SCHEMA_CHANGE, name, "an identity is always or by default");
    }
}
