package io.vpnenterprise.query.catalogue;

import java.util.List;

/**
 * A foreign key.
 *
 * @param columns and {@code referencedColumns}: pairs, in this order
 * @param unique whether a row is referenced by one row at most
 */
public record Relationship(
        String name,
        TableName table,
        List<String> columns,
        TableName referenced,
        List<String> referencedColumns,
        boolean unique,
        String onUpdate,
        String onDelete,
        boolean deferrable,
        boolean validated) {}
