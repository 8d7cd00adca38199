package io.vpnenterprise.tenants;

import java.sql.Connection;
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
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class);
        } catch (SQLException e) {
            throw ClusterSession.failure(e);
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
