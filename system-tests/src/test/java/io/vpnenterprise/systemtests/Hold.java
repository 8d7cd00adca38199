package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Stops the product's writer at a place between its steps, from outside: by a lock in PostgreSQL that it runs into. Nothing
 * in the product knows of this. {@link ServerHold} is for one server among several.
 */
final class Hold implements AutoCloseable {

    private static final long LOCK = 20_261_122;

    private final Connection connection;

    private Hold(Database database, String... begin) {
        try {
            connection = database.connect();
            try (Statement statement = connection.createStatement()) {
                for (String sql : begin) {
                    statement.execute(sql);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Behind the host: the writer cannot forget what the host let go. */
    static Hold beforeRemovalsAreConfirmed(Database database) {
        return new Hold(database, "SELECT pg_advisory_lock(" + LOCK + ")", """
                CREATE FUNCTION held_by_test() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_advisory_xact_lock_shared(%d);
                    RETURN OLD;
                END $$""".formatted(LOCK), """
                CREATE TRIGGER held_by_test BEFORE DELETE ON peers FOR EACH ROW WHEN (OLD.state = 'REMOVING')
                EXECUTE FUNCTION held_by_test()""");
    }

    /** Whether the writer stands there. */
    boolean isReached() {
        return count("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = " + LOCK)
                > 0;
    }

    /** Whether somebody else waits for what the writer has locked. */
    boolean isQueuedBehind() {
        return isReached() && count("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'transactionid'") > 0;
    }

    private int count(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getInt(1) : 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_unlock(" + LOCK + "); DROP FUNCTION held_by_test CASCADE");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
