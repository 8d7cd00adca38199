package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * As {@link Hold}, for the writer of one server among several, and without a change of the schema while the product runs:
 * {@link #prepare} once, for ever.
 */
final class ServerHold implements AutoCloseable {

    /** Where the writer stops. */
    enum Where {
        /** Before the host: it cannot renew its lease, which it does every other second. */
        BEFORE_HOST_WRITES("""
                SELECT 1 FROM node_leases l JOIN servers s ON s.node_id = l.node_id
                WHERE s.id = ?::uuid FOR UPDATE OF l"""),
        /** Behind the host: it cannot confirm what the host took. */
        BEFORE_CONNECTS_ARE_CONFIRMED("SELECT pg_advisory_xact_lock(hashtextextended('UPDATE' || ?::text, 0))"),
        /** Behind the host: it cannot forget what the host let go. */
        BEFORE_REMOVALS_ARE_CONFIRMED("SELECT pg_advisory_xact_lock(hashtextextended('DELETE' || ?::text, 0))");

        private final String lock;

        Where(String lock) {
            this.lock = lock;
        }
    }

    private static final String NAME = "hold of a system test";

    private final Connection holder;
    private final int holderPid;
    private final Connection watcher;

    ServerHold(Database database, String serverId, Where where) {
        try {
            holder = connect(database);
            watcher = connect(database);
            holder.setAutoCommit(false);
            try (PreparedStatement lock = holder.prepareStatement(where.lock)) {
                lock.setString(1, serverId);
                lock.execute();
            }
            holderPid = number(holder, "SELECT pg_backend_pid()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets confirmations pass by where a hold can stop them. */
    static void prepare(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE FUNCTION held_by_test() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM pg_advisory_xact_lock_shared(hashtextextended(TG_OP || OLD.server_id, 0));
                        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
                    END $$""");
            statement.execute("""
                    CREATE TRIGGER connects_held_by_test BEFORE UPDATE ON peers FOR EACH ROW
                    WHEN (OLD.state = 'PENDING' AND NEW.state = 'ACTIVE') EXECUTE FUNCTION held_by_test()""");
            statement.execute("""
                    CREATE TRIGGER removals_held_by_test BEFORE DELETE ON peers FOR EACH ROW
                    WHEN (OLD.state = 'REMOVING') EXECUTE FUNCTION held_by_test()""");
        }
    }

    /** Whether the writer stands there. */
    boolean isReached() {
        try {
            return number(
                            watcher,
                            "SELECT count(*) FROM pg_stat_activity WHERE " + holderPid
                                    + " = ANY (pg_blocking_pids(pid))")
                    > 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends all sessions but those of holds: a killed server's wait on, and would go on when the lock is free. */
    static void endSessionsOfKilledServer(Database database) throws SQLException {
        String others = "FROM pg_stat_activity WHERE usename = current_user AND application_name <> '" + NAME + "'";
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid, 10000) " + others);
            if (number(connection, "SELECT count(*) " + others) != 0) {
                throw new AssertionError("sessions of the killed server live on");
            }
        }
    }

    /** Also when its database was killed, and the lock with it. */
    @Override
    public void close() throws SQLException {
        try (watcher;
                holder) {
            if (holder.isValid(1)) {
                holder.rollback();
            }
        }
    }

    private static Connection connect(Database database) throws SQLException {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET application_name = '" + NAME + "'");
        }
        return connection;
    }

    private static int number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }
}
