package io.vpnenterprise.query;

import io.vpnenterprise.platform.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A query that a member keeps.
 *
 * @param owner his address
 * @param shared whether the tenant's other members see it
 * @param own whether it is the caller's
 */
public record SavedQuery(
        UUID id, String name, String sql, boolean shared, String owner, boolean own, OffsetDateTime changedAt) {

    static SavedQuery read(ResultSet row) throws SQLException {
        return new SavedQuery(
                Sql.uuid(row, "id"),
                row.getString("name"),
                row.getString("sql"),
                row.getBoolean("shared"),
                row.getString("email"),
                row.getBoolean("own"),
                Sql.time(row, "changed_at").orElseThrow());
    }
}
