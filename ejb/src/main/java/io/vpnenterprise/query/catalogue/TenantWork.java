package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.tenants.TenantRole;
import io.vpnenterprise.tenants.TenantSession;
import io.vpnenterprise.tenants.TenantSessions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Work in a tenant's database: one transaction there, in a session with the caller's own role, of which PostgreSQL decides
 * what it permits. To be called without a transaction of ours.
 */
@ApplicationScoped
public class TenantWork {

    @Inject
    TenantSessions sessions;

    @Inject
    TenantChanges changes;

    /** What is done with the connection. */
    @FunctionalInterface
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** What has been done, and the audit's word for it. */
    public record Done<T>(T result, Change change) {}

    /** In a transaction that PostgreSQL lets write nothing, whatever functions it calls. */
    public <T> T read(Caller caller, UUID tenantId, Work<T> work) {
        try (TenantSession session = sessions.open(caller, tenantId, TenantRole.VIEWER)) {
            Connection connection = session.connection();
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException e) {
            throw DatabaseRefusal.of(e);
        }
    }

    /**
     * All of it or nothing, and in the audit. It is noted before it is true: an entry too many, after a crash between the two,
     * is better than one too few. What could still refuse it is asked before.
     */
    public <T> T change(Caller caller, UUID tenantId, Work<Done<T>> work) {
        try (TenantSession session = sessions.open(caller, tenantId, TenantRole.VIEWER)) {
            Connection connection = session.connection();
            connection.setAutoCommit(false);
            Done<T> done = work.on(connection);
            run(connection, "SET CONSTRAINTS ALL IMMEDIATE");
            changes.note(caller, tenantId, done.change());
            connection.commit();
            return done.result();
        } catch (SQLException e) {
            throw DatabaseRefusal.of(e);
        }
    }

    public static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // As it is: {fn …} and the like have no meaning of their own here.
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    public static <T> List<T> list(Connection connection, String sql, Sql.Row<T> row, Object... arguments)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<T> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(row.read(rows));
                }
                return result;
            }
        }
    }
}
