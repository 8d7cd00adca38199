package io.vpnenterprise.tenants;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.PGConnection;

/**
 * A session in a tenant's database, as the role that a member has there: what it may not do, PostgreSQL refuses. To be closed
 * by whoever opened it. Not thread-safe.
 *
 * @param plan what the tenant may use
 * @param connection a new one, in autocommit, that takes part in no transaction of ours
 */
public record TenantSession(UUID tenantId, TenantRole role, HostingPlan plan, Connection connection)
        implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TenantSession.class.getName());

    /** Of the server process that works for this session; the numbers come again. */
    public int backendPid() {
        try {
            return connection.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException e) {
            throw ClusterSession.failure(e);
        }
    }

    /** When that process began, which its number alone does not tell. */
    public OffsetDateTime backendStart() {
        try (PreparedStatement become = connection.prepareStatement("SELECT set_config('role', ?, false)");
                Statement statement = connection.createStatement()) {
            String role = first(statement, "SELECT current_setting('role')", String.class);
            // An owner's login works as a role that may not see when the login's own process began.
            statement.execute("SET ROLE NONE");
            OffsetDateTime start = first(
                    statement,
                    "SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()",
                    OffsetDateTime.class);
            // The one that it was, which is less than the login's for some.
            become.setString(1, role);
            become.execute();
            return start;
        } catch (SQLException e) {
            throw ClusterSession.failure(e);
        }
    }

    private static <T> T first(Statement statement, String sql, Class<T> type) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getObject(1, type);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server has ended it already.
            LOG.log(Level.FINE, "a session of tenant " + tenantId, e);
        }
    }
}
