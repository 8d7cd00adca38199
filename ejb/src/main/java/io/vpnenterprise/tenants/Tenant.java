package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * A database with its members.
 *
 * @param databaseName in its cluster, and of its roles: see {@link DatabaseNames}
 * @param readyAt when it was ready for the first time
 * @param purgeAt when the copy of a retired one goes
 */
public record Tenant(
        UUID id,
        String name,
        Plan plan,
        String region,
        Engine engine,
        Placement placement,
        TenantState state,
        String databaseName,
        OffsetDateTime createdAt,
        Optional<OffsetDateTime> readyAt,
        Optional<OffsetDateTime> purgeAt) {

    DatabaseNames names() {
        return new DatabaseNames(databaseName);
    }

    static Tenant read(ResultSet row) throws SQLException {
        return new Tenant(
                Sql.uuid(row, "id"),
                row.getString("name"),
                Plan.valueOf(row.getString("plan")),
                row.getString("region"),
                Engine.valueOf(row.getString("engine")),
                Placement.valueOf(row.getString("placement")),
                TenantState.valueOf(row.getString("state")),
                row.getString("database_name"),
                Sql.time(row, "created_at").orElseThrow(),
                Sql.time(row, "ready_at"),
                Sql.time(row, "purge_at"));
    }
}
