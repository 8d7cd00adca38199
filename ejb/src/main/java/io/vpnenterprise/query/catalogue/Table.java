package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.VpnException;
import java.util.Comparator;
import java.util.List;

/**
 * A table or view with its columns, as they are in the transaction that read it.
 *
 * @param kind as {@link Relation#kind}
 */
public record Table(TableName name, String kind, List<Column> columns) {

    /** In its order; empty when there is none, as for views. */
    public List<Column> primaryKey() {
        return columns.stream()
                .filter(column -> column.primaryKeyPosition().isPresent())
                .sorted(Comparator.comparing(
                        column -> column.primaryKeyPosition().orElseThrow()))
                .toList();
    }

    public List<Column> readable() {
        return columns.stream().filter(Column::readable).toList();
    }

    /** @throws VpnException {@code COLUMN_NOT_FOUND} */
    public Column require(String column, String field) {
        return columns.stream()
                .filter(known -> known.name().equals(column))
                .findFirst()
                .orElseThrow(() -> VpnException.ofField(CatalogueError.COLUMN_NOT_FOUND, field, column));
    }

    /** A name for a row that no column has: where both are possible, PostgreSQL takes a name for a column's. */
    public String alias(String wanted) {
        String alias = wanted;
        while (hasColumn(alias)) {
            alias += "_";
        }
        return SqlText.name(alias);
    }

    private boolean hasColumn(String name) {
        return columns.stream().anyMatch(column -> column.name().equals(name));
    }
}
