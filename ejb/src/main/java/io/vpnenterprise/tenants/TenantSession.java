package io.vpnenterprise.tenants;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A session in a tenant's database, as the role that a member has there: what it may not do, PostgreSQL refuses. To be closed
 * by whoever opened it. Not thread-safe.
 *
 * @param connection a new one, in autocommit, that takes part in no transaction of ours
 */
public record TenantSession(UUID tenantId, TenantRole role, Connection connection) implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TenantSession.class.getName());

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
