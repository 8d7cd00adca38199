package io.vpnenterprise.platform;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * SQL where SQL is the better tool: sets of rows, locks, PostgreSQL's own. Always with parameters, in the transaction of
 * the caller. JPA writes late: flush before a statement here that must see what an entity holds.
 */
@ApplicationScoped
public class Sql {

    @Inject
    DataSource dataSource;

    /** Reads one row; must not move the cursor. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    public <T> List<T> list(String sql, Row<T> row, Object... arguments) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, sql, arguments);
                ResultSet rows = statement.executeQuery()) {
            List<T> result = new ArrayList<>();
            while (rows.next()) {
                result.add(row.read(rows));
            }
            return result;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    public <T> Optional<T> first(String sql, Row<T> row, Object... arguments) {
        return list(sql, row, arguments).stream().findFirst();
    }

    /** Returns the number of rows that changed. */
    public int update(String sql, Object... arguments) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = prepare(connection, sql, arguments)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** The same statement once for each list of arguments, in one exchange with the database. */
    public void updateAll(String sql, List<List<Object>> all) {
        if (all.isEmpty()) {
            return;
        }
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (List<Object> arguments : all) {
                bind(connection, statement, arguments.toArray());
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Makes those who ask for the same name take turns, over all nodes, each until his transaction ends. */
    public void lock(String name) {
        first("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", row -> true, name);
    }

    /** Whether a failure, JPA's or ours, comes from a constraint of this name. */
    public static boolean violates(Throwable failure, String constraint) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException
                    && String.valueOf(cause.getMessage()).contains('"' + constraint + '"')) {
                return true;
            }
        }
        return false;
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            bind(connection, statement, arguments);
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private static void bind(Connection connection, PreparedStatement statement, Object... arguments)
            throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            Object argument = arguments[i];
            if (argument instanceof Collection<?> many) {
                statement.setArray(i + 1, connection.createArrayOf(arrayType(many), many.toArray()));
            } else if (argument instanceof Enum<?> constant) {
                statement.setString(i + 1, constant.name());
            } else {
                statement.setObject(i + 1, argument);
            }
        }
    }

    private static String arrayType(Collection<?> many) {
        Object first = many.isEmpty() ? "" : many.iterator().next();
        return first instanceof UUID ? "uuid" : first instanceof Long ? "bigint" : "text";
    }

    /** What a failure of the database means, whoever asked it (PostgreSQL, appendix A). */
    public static VpnException failure(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        PlatformError code =
                switch (state) {
                    // A serialization failure and a deadlock: the transaction did nothing, and may be repeated.
                    case "40001", "40P01" -> PlatformError.CONFLICT;
                    // A zero byte, the one character that a text cannot have.
                    case "22021" -> PlatformError.INVALID_PARAMETER;
                    default -> isUnreachable(e) ? PlatformError.DATABASE_UNAVAILABLE : PlatformError.INTERNAL;
                };
        return new VpnException(code, null, e);
    }

    /** No connection (08), no room for one (53), going down or coming up (57P); pools report their own without a state. */
    private static boolean isUnreachable(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
    }

    public static UUID uuid(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    public static Optional<OffsetDateTime> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class));
    }
}
