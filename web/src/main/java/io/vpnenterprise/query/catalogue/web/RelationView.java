package io.vpnenterprise.query.catalogue.web;

import io.vpnenterprise.query.catalogue.Relation;

/**
 * A table or view.
 *
 * @param type {@code table}, {@code partitioned table}, {@code view}, {@code materialized view} or {@code foreign table}
 * @param estimatedRows as PostgreSQL's statistics have it; absent where it knows nothing
 */
public record RelationView(
        String schema,
        String name,
        String type,
        String comment,
        Long estimatedRows,
        long totalBytes,
        long tableBytes,
        long indexBytes,
        boolean rowLevelSecurity,
        boolean rowLevelSecurityForced) {

    static RelationView from(Relation relation) {
        return new RelationView(
                relation.name().schema(),
                relation.name().table(),
                relation.kind(),
                relation.comment().orElse(null),
                relation.estimatedRows().orElse(null),
                relation.totalBytes(),
                relation.tableBytes(),
                relation.indexBytes(),
                relation.rowSecurity(),
                relation.rowSecurityForced());
    }
}
