package io.vpnenterprise.access;

import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads the periods of use; {@link PeerRows} writes them. */
@ApplicationScoped
class ConnectionLog {

    private static final String SELECT = """
            SELECT id, device_id, device_name, server_id, server_name, region, connected_at, disconnected_at, end_reason,
                   EXISTS (SELECT 1 FROM peers p WHERE p.id = c.id AND p.state <> 'REMOVING'
                           AND p.succeeded_by IS NOT NULL) AS leaving
            FROM connections c WHERE user_id = ?""";

    @Inject
    Sql sql;

    /** Bounded by the member's devices: each has one, and some more for a while where it leaves servers. */
    List<Connection> live(UUID userId) {
        return sql.list(
                SELECT + " AND disconnected_at IS NULL ORDER BY connected_at DESC, id",
                ConnectionLog::connection,
                userId);
    }

    Page<Connection> page(UUID userId, Page.Request request) {
        long total = sql.first("SELECT count(*) FROM connections WHERE user_id = ?", row -> row.getLong(1), userId)
                .orElseThrow();
        return Page.of(
                sql.list(
                        SELECT + " ORDER BY connected_at DESC, id LIMIT ? OFFSET ?",
                        ConnectionLog::connection,
                        userId,
                        request.pageSize(),
                        request.offset()),
                total,
                request);
    }

    private static Connection connection(ResultSet row) throws SQLException {
        return new Connection(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "device_id"),
                row.getString("device_name"),
                Sql.uuid(row, "server_id"),
                row.getString("server_name"),
                row.getString("region"),
                Sql.time(row, "connected_at").orElseThrow(),
                Sql.time(row, "disconnected_at"),
                Optional.ofNullable(row.getString("end_reason")),
                row.getBoolean("leaving"));
    }
}
