package io.vpnenterprise.query.catalogue;

import java.util.Optional;

/**
 * A table or view in the list of its schema.
 *
 * @param kind {@code table}, {@code partitioned table}, {@code view}, {@code materialized view} or {@code foreign table}
 * @param estimatedRows as PostgreSQL's statistics have it; absent for views and where it knows nothing yet
 * @param totalBytes with its indexes and long values
 */
public record Relation(
        TableName name,
        String kind,
        Optional<String> comment,
        Optional<Long> estimatedRows,
        long totalBytes,
        long tableBytes,
        long indexBytes,
        boolean rowSecurity,
        boolean rowSecurityForced) {}
