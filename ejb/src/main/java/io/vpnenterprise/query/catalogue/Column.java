package io.vpnenterprise.query.catalogue;

import java.util.Optional;

/**
 * A column of a table or view.
 *
 * @param type with its lengths, as PostgreSQL writes it
 * @param baseType without them, for casts
 * @param defaultExpression also of a generated column
 * @param identity {@code always}, {@code by default}, or absent
 * @param primaryKeyPosition from 1, when it belongs to the primary key
 * @param readable by the caller's role
 */
public record Column(
        String name,
        int position,
        String type,
        String baseType,
        char category,
        boolean nullable,
        Optional<String> defaultExpression,
        Optional<String> identity,
        boolean generated,
        Optional<Integer> maxLength,
        Optional<Integer> precision,
        Optional<Integer> scale,
        Optional<Integer> primaryKeyPosition,
        boolean unique,
        Optional<String> comment,
        boolean readable) {

    /** PostgreSQL's category of strings (52.64, pg_type). */
    private static final char STRING = 'S';

    public boolean isText() {
        return category == STRING;
    }

    public String sql() {
        return SqlText.name(name);
    }
}
