package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;

/**
 * What a database of a plan may use.
 *
 * @param maxConnections of programs, at the same time
 * @param maxStorageBytes tables, indexes and all else of the database on disk
 * @param maxCpuPercent of one core; held by dedicated placement alone
 * @param maxMemoryBytes held by dedicated placement alone
 * @param maxTempBytes of each session, for sorts and joins that do not fit into memory
 * @param statement how long one may run
 * @param idleInTransaction how long a session may sit in a transaction
 * @param tenantsPerUser how many of this plan a user may own
 */
public record HostingPlan(
        Plan plan,
        int maxConnections,
        long maxStorageBytes,
        int maxCpuPercent,
        long maxMemoryBytes,
        long maxTempBytes,
        Duration statement,
        Duration idleInTransaction,
        int tenantsPerUser,
        OffsetDateTime updatedAt) {

    private static final long MEBIBYTE = 1_048_576;
    private static final long LEAST_BYTES = 16 * MEBIBYTE;
    private static final long MOST_BYTES = 1_000_000_000_000_000L;
    private static final int MOST_SECONDS = 86_400;

    public HostingPlan {
        within("maxConnections", maxConnections, 1, 10_000);
        within("maxStorageBytes", maxStorageBytes, LEAST_BYTES, MOST_BYTES);
        within("maxCpuPercent", maxCpuPercent, 1, 10_000);
        within("maxMemoryBytes", maxMemoryBytes, LEAST_BYTES, MOST_BYTES);
        within("maxTempBytes", maxTempBytes, MEBIBYTE, MOST_BYTES);
        within("statementSeconds", statement.toSeconds(), 1, MOST_SECONDS);
        within("idleInTransactionSeconds", idleInTransaction.toSeconds(), 1, MOST_SECONDS);
        within("tenantsPerUser", tenantsPerUser, 0, 10_000);
    }

    private static void within(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw VpnException.ofField(TenantError.INVALID_PLAN_LIMIT, field, least + " to " + most);
        }
    }

    static HostingPlan read(ResultSet row) throws SQLException {
        return new HostingPlan(
                Plan.valueOf(row.getString("name")),
                row.getInt("max_connections"),
                row.getLong("max_storage_bytes"),
                row.getInt("max_cpu_percent"),
                row.getLong("max_memory_bytes"),
                row.getLong("max_temp_bytes"),
                Duration.ofSeconds(row.getInt("statement_seconds")),
                Duration.ofSeconds(row.getInt("idle_seconds")),
                row.getInt("tenants_per_user"),
                Sql.time(row, "updated_at").orElseThrow());
    }
}
