package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.VpnException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A connection to a tenants' cluster. Statements that take no parameters, such as all that make roles and databases, are
 * composed of {@link DatabaseNames}, which need no quoting, and of numbers. Not thread-safe.
 */
final class ClusterSession implements AutoCloseable {

    private final Connection connection;

    ClusterSession(Connection connection) {
        this.connection = connection;
    }

    /** Reads the first column of the first row. */
    Optional<String> first(String sql, Object... arguments) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    boolean isThere(String sql, Object... arguments) {
        return first(sql, arguments).isPresent();
    }

    void run(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** All of them or none, in one exchange. */
    void runTogether(List<String> statements) {
        // Several statements in one simple query are one transaction (PostgreSQL, 55.2.2.1).
        run(String.join(";\n", statements));
    }

    /** How long each answer may take from now on, instead of {@code vpn.tenants.cluster-deadline}. */
    void waitFor(Duration deadline) {
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(deadline.toMillis()));
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    Connection connection() {
        return connection;
    }

    static VpnException failure(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (state.equals("53300")) {
            return new VpnException(TenantError.TENANT_CONNECTIONS_USED_UP, null, e);
        }
        if (state.equals("28P01")) {
            // The stored password is the one that shall work: a job has yet to tell the cluster.
            return new VpnException(TenantError.TENANT_BUSY, null, e);
        }
        boolean away =
                e.getSQLState() == null || state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
        return new VpnException(
                away ? TenantError.CLUSTER_UNAVAILABLE : TenantError.CLUSTER_REFUSED, "SQLSTATE " + state, e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failure(e);
        }
    }
}
