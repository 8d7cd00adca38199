package io.vpnenterprise.query.data;

import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.catalogue.Column;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A condition on a column.
 *
 * @param values none for {@code is_null} and {@code is_not_null}, some for {@code in}, else one
 */
public record Filter(String column, Operator operator, List<String> values) {

    static final int MOST = 50;
    private static final int MOST_VALUES = 1_000;

    /** The original's eleven. */
    public enum Operator {
        EQ("="),
        NEQ("<>"),
        GT(">"),
        GTE(">="),
        LT("<"),
        LTE("<="),
        LIKE("LIKE"),
        ILIKE("ILIKE"),
        IN("IN"),
        IS_NULL("IS NULL"),
        IS_NOT_NULL("IS NOT NULL");

        private final String sql;

        Operator(String sql) {
            this.sql = sql;
        }

        private boolean takesNoValue() {
            return this == IS_NULL || this == IS_NOT_NULL;
        }
    }

    public Filter {
        values = List.copyOf(values);
    }

    /**
     * As a request writes it.
     *
     * @param value for {@code in} a list, divided by commas
     * @throws VpnException {@code INVALID_FILTER}
     */
    public static Filter of(String column, String operator, String value) {
        boolean isList = "in".equals(operator) && value != null;
        return of(column, operator, isList ? Arrays.asList(value.split(",", -1)) : Collections.singletonList(value));
    }

    /** @throws VpnException {@code INVALID_FILTER} */
    public static Filter of(String column, String operator, List<String> values) {
        Operator known = Arrays.stream(Operator.values())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(operator))
                .findFirst()
                .orElseThrow(() -> invalid(operator));
        if (column == null) {
            throw invalid("a column is missing");
        }
        if (known.takesNoValue()) {
            return new Filter(column, known, List.of());
        }
        boolean fits = known == Operator.IN ? !values.isEmpty() && values.size() <= MOST_VALUES : values.size() == 1;
        if (!fits || values.contains(null)) {
            throw invalid(
                    operator + " takes " + (known == Operator.IN ? "1 to " + MOST_VALUES + " values" : "a value"));
        }
        return new Filter(column, known, values);
    }

    private static VpnException invalid(String detail) {
        return VpnException.ofField(DataError.INVALID_FILTER, "filter", detail);
    }

    /** With a question mark for each value. */
    String condition(Column of, String row) {
        String column = row + "." + of.sql();
        return switch (operator) {
            case IS_NULL, IS_NOT_NULL -> column + " " + operator.sql;
            case LIKE, ILIKE -> column + "::text " + operator.sql + " ?";
            case IN ->
                column + " IN (" + values.stream().map(value -> cast(of)).collect(Collectors.joining(", ")) + ")";
            default -> column + " " + operator.sql + " " + cast(of);
        };
    }

    /** Whether its values are of the column's type, and not patterns. */
    boolean isTyped() {
        return operator != Operator.LIKE && operator != Operator.ILIKE;
    }

    /** Without lengths: with them a longer value would be cut off, and equal what it does not equal. */
    static String cast(Column of) {
        return "CAST(? AS " + of.baseType() + ")";
    }
}
