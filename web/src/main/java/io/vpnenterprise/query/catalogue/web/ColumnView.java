package io.vpnenterprise.query.catalogue.web;

import io.vpnenterprise.query.catalogue.Column;
import io.vpnenterprise.query.catalogue.Relationship;
import java.util.List;
import java.util.Optional;

/**
 * A column.
 *
 * @param type with its lengths, as PostgreSQL writes it
 * @param defaultValue the expression of its default, or of a generated column
 * @param identity {@code always} or {@code by default}
 * @param primaryKeyPosition from 1
 * @param foreignKey when a foreign key has this column; one of several columns is whole in the relationships
 */
public record ColumnView(
        String name,
        int ordinalPosition,
        String type,
        boolean nullable,
        String defaultValue,
        String identity,
        boolean generated,
        Integer maxLength,
        Integer precision,
        Integer scale,
        boolean primaryKey,
        Integer primaryKeyPosition,
        boolean unique,
        ForeignKeyView foreignKey,
        String comment,
        boolean readable) {

    /** What a column references. */
    public record ForeignKeyView(String name, String schema, String table, String column) {}

    public static ColumnView from(Column column, List<Relationship> ofItsTable) {
        return new ColumnView(
                column.name(),
                column.position(),
                column.type(),
                column.nullable(),
                column.defaultExpression().orElse(null),
                column.identity().orElse(null),
                column.generated(),
                column.maxLength().orElse(null),
                column.precision().orElse(null),
                column.scale().orElse(null),
                column.primaryKeyPosition().isPresent(),
                column.primaryKeyPosition().orElse(null),
                column.unique(),
                foreignKey(column, ofItsTable).orElse(null),
                column.comment().orElse(null),
                column.readable());
    }

    private static Optional<ForeignKeyView> foreignKey(Column column, List<Relationship> relationships) {
        return relationships.stream()
                .filter(key -> key.columns().contains(column.name()))
                .findFirst()
                .map(key -> new ForeignKeyView(
                        key.name(),
                        key.referenced().schema(),
                        key.referenced().table(),
                        key.referencedColumns().get(key.columns().indexOf(column.name()))));
    }
}
