package io.vpnenterprise.query;

import java.util.List;
import java.util.Optional;

/**
 * What one statement gave.
 *
 * @param statement its number, from 1
 * @param columns empty when it gives no rows
 * @param rows in the columns' order
 * @param affected rows that it changed; empty when it gives rows
 * @param truncated whether it had more rows than were wanted, or than fit
 */
public record QueryResult(
        int statement, List<Column> columns, List<List<Object>> rows, Optional<Long> affected, boolean truncated) {

    /**
     * A column.
     *
     * @param type as PostgreSQL calls it
     */
    public record Column(String name, String type) {}
}
