package io.vpnenterprise.query.catalogue;

import java.util.Map;

/**
 * What was done in a tenant's database, for the {@code AuditEvent} that tells of it: how much, and never a value.
 *
 * @param details a few short ones
 */
public record Change(String action, Map<String, String> details) {

    /** Structure: as many statements. */
    public static Change ofStructure(String what, int statements) {
        return of("tenant-structure.changed", what, statements);
    }

    public static Change inserted(TableName table, long rows) {
        return of("tenant-rows.inserted", table.toString(), rows);
    }

    public static Change updated(TableName table, long rows) {
        return of("tenant-rows.updated", table.toString(), rows);
    }

    public static Change deleted(TableName table, long rows) {
        return of("tenant-rows.deleted", table.toString(), rows);
    }

    public static Change imported(TableName table, long rows) {
        return of("tenant-rows.imported", table.toString(), rows);
    }

    /** Nothing changed, but a whole table left. */
    public static Change exported(TableName table, String format) {
        return new Change("tenant-rows.exported", Map.of("what", table.toString(), "format", format));
    }

    private static Change of(String action, String what, long count) {
        return new Change(action, Map.of("what", what, "count", String.valueOf(count)));
    }
}
