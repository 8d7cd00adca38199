package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Stops the product's writer at a place between its steps, from outside: by a lock in PostgreSQL that it runs into. Nothing
 * in the product knows of this.
 */
final class Hold implements AutoCloseable {

    private static final long LOCK = 20_261_122;

    private static final String NAME = "hold of a system test";

    private final Connection holder;
    /** Beside the holder, whose transaction would see one moment's activity for ever. */
    private final Connection watcher;

    private final String waiters;
    private final String release;

    private Hold(Database database, String waiters, String release, String... begin) {
        this.waiters = waiters;
        this.release = release;
        try {
            holder = connect(database);
            watcher = connect(database);
            try (Statement statement = holder.createStatement()) {
                for (String sql : begin) {
                    statement.execute(sql);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Before the host: the writer cannot renew its lease, which it does every other second. */
    static Hold beforeHostWrites(Database database) {
        return new Hold(database, """
                SELECT count(*) FROM pg_stat_activity
                WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO node\\_leases%'""", "ROLLBACK", "BEGIN", "SELECT 1 FROM node_leases FOR UPDATE");
    }

    /** Behind the host: the writer cannot confirm what the host took. */
    static Hold beforeConnectsAreConfirmed(Database database) {
        return ofTrigger(database, "UPDATE", "NEW.state = 'ACTIVE'");
    }

    /** Behind the host: the writer cannot forget what the host let go. */
    static Hold beforeRemovalsAreConfirmed(Database database) {
        return ofTrigger(database, "DELETE", "OLD.state = 'REMOVING'");
    }

    private static Hold ofTrigger(Database database, String event, String when) {
        return new Hold(
                database,
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = " + LOCK,
                "SELECT pg_advisory_unlock(" + LOCK + "); DROP FUNCTION held_by_test CASCADE",
                "SELECT pg_advisory_lock(" + LOCK + ")",
                """
                CREATE FUNCTION held_by_test() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_advisory_xact_lock_shared(%d);
                    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
                END $$""".formatted(LOCK),
                "CREATE TRIGGER held_by_test BEFORE " + event + " ON peers FOR EACH ROW WHEN (" + when
                        + ") EXECUTE FUNCTION held_by_test()");
    }

    private static Connection connect(Database database) throws SQLException {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET application_name = '" + NAME + "'");
        }
        return connection;
    }

    /** Whether the writer stands there. */
    boolean isReached() {
        return count(waiters) > 0;
    }

    /** Whether somebody else waits for what the writer has locked. */
    boolean isQueuedBehind() {
        return isReached() && count("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'transactionid'") > 0;
    }

    private int count(String sql) {
        try (Statement statement = watcher.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getInt(1) : 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends all other sessions: those of a killed server wait on, and would go on when the lock is free. */
    void endSessionsOfKilledServer() {
        String others = "FROM pg_stat_activity WHERE usename = current_user AND application_name <> '" + NAME + "'";
        try (Statement statement = watcher.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid, 10000) " + others);
            try (ResultSet row = statement.executeQuery("SELECT count(*) " + others)) {
                if (!row.next() || row.getInt(1) != 0) {
                    throw new AssertionError("sessions of the killed server live on");
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try (watcher;
                holder;
                Statement statement = holder.createStatement()) {
            statement.execute(release);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
