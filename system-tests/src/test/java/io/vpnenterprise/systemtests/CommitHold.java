package io.vpnenterprise.systemtests;

import static org.awaitility.Awaitility.await;

import io.vpnenterprise.launcher.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/**
 * Stops the refreshes of some sessions between commit and reply: their commits wait for a standby that does not exist. By
 * then they are on disk, and nothing undoes them any more (PostgreSQL, "synchronous replication"). Others go on.
 */
final class CommitHold implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Connection connection;

    CommitHold(Database superuser, String database, List<String> sessionIds) {
        try {
            connection = new Database(
                            superuser.host(), superuser.port(), database, superuser.user(), superuser.password())
                    .connect();
            try (Statement statement = connection.createStatement()) {
                // All others commit as ever. One that did not know it yet would wait for ever, with its locks.
                statement.execute("ALTER SYSTEM SET synchronous_commit = 'local'");
                statement.execute("SELECT pg_reload_conf()");
                awaitKnownToAll();
                statement.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
                statement.execute("SELECT pg_reload_conf()");
                statement.execute("CREATE TABLE held_sessions (id uuid PRIMARY KEY)");
                statement.execute("GRANT SELECT ON held_sessions TO PUBLIC");
                statement.execute("""
                        CREATE FUNCTION held_by_test() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN
                            IF EXISTS (SELECT 1 FROM held_sessions WHERE id = NEW.session_id) THEN
                                PERFORM set_config('synchronous_commit', 'on', true);
                            END IF;
                            RETURN NEW;
                        END $$""");
                statement.execute("CREATE TRIGGER held_by_test BEFORE INSERT ON refresh_tokens"
                        + " FOR EACH ROW EXECUTE FUNCTION held_by_test()");
            }
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO held_sessions VALUES (?::uuid)")) {
                for (String id : sessionIds) {
                    insert.setString(1, id);
                    insert.executeUpdate();
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A session learns of it before its next command: all that began before are over. */
    private void awaitKnownToAll() {
        await().atMost(SOON)
                .until(() -> count("SELECT count(*) WHERE current_setting('synchronous_commit') = 'local'") == 1);
        String commandsOfBefore = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                + " AND state = 'active' AND query_start < '" + text("SELECT clock_timestamp()") + "'";
        await().atMost(SOON).until(() -> count(commandsOfBefore) == 0);
    }

    /** How many commits are done and not yet told. */
    int held() {
        return count("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    }

    private int count(String sql) {
        return Integer.parseInt(text(sql));
    }

    private String text(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets all commits be told, to whoever is still there. */
    @Override
    public void close() {
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM RESET synchronous_standby_names");
            statement.execute("ALTER SYSTEM RESET synchronous_commit");
            statement.execute("SELECT pg_reload_conf()");
            statement.execute("DROP FUNCTION held_by_test CASCADE");
            statement.execute("DROP TABLE held_sessions");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
