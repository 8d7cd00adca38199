package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Stops a job of a tenant at a place, from outside, by a lock that it runs into: in the platform's database, where the job
 * notes what it does, or in the tenants' cluster, in the middle of a statement. {@link #prepare} once.
 */
final class TenantHold implements AutoCloseable {

    /** Where, of a step. */
    enum Where {
        /** It is noted that it begins, not yet committed. */
        BEFORE,
        /** Its statement in the cluster, or the transaction of a last step, waits. */
        INSIDE,
        /** Its work is done, and that is not yet noted. */
        BEHIND
    }

    private final Database database;
    private final Connection holder;
    private final int holderPid;

    private TenantHold(Database database, String lock, String argument) {
        try {
            this.database = database;
            holder = database.connect();
            holder.setAutoCommit(false);
            try (PreparedStatement statement = holder.prepareStatement(lock)) {
                if (!argument.isEmpty()) {
                    statement.setString(1, argument);
                }
                statement.execute();
            }
            holderPid = number(holder, "SELECT pg_backend_pid()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets jobs pass by where a hold can stop them. */
    static void prepare(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE FUNCTION step_held_by_test() RETURNS trigger LANGUAGE plpgsql AS $$
                    DECLARE place text := CASE WHEN NEW.ended_at IS NULL THEN 'BEFORE' ELSE 'BEHIND' END || NEW.step;
                    BEGIN
                        PERFORM pg_advisory_xact_lock_shared(hashtextextended(place || 'any', 0));
                        PERFORM pg_advisory_xact_lock_shared(hashtextextended(place || subject_id, 0))
                        FROM job_runs WHERE id = NEW.run_id;
                        RETURN NEW;
                    END $$""");
            statement.execute("CREATE TRIGGER held_by_test BEFORE INSERT OR UPDATE ON job_run_steps FOR EACH ROW"
                    + " EXECUTE FUNCTION step_held_by_test()");
            statement.execute("""
                    CREATE FUNCTION end_held_by_test() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        PERFORM pg_advisory_xact_lock_shared(hashtextextended('INSIDE' || OLD.step || OLD.subject_id, 0));
                        RETURN NEW;
                    END $$""");
            statement.execute("CREATE TRIGGER held_by_test BEFORE UPDATE ON job_runs FOR EACH ROW"
                    + " WHEN (NEW.state = 'DONE') EXECUTE FUNCTION end_held_by_test()");
        }
    }

    /** Of whichever tenant, before its first step: its id is not known until then. */
    static TenantHold beforeAny(Product product, String step) {
        return inPlatform(product, "BEFORE" + step + "any");
    }

    static TenantHold at(Product product, TestTenant tenant, String step, Where where) {
        return where == Where.INSIDE && !step.startsWith("mark-")
                ? inCluster(product, tenant.databaseName(), step)
                : inPlatform(product, where + step + tenant.id());
    }

    private static TenantHold inPlatform(Product product, String place) {
        return new TenantHold(product.database(), "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", place);
    }

    private static TenantHold inCluster(Product product, String name, String step) {
        Database cluster = product.tenants();
        return switch (step) {
            // Not committed: whoever makes a role of that name waits for what becomes of this one.
            case "create-roles" -> new TenantHold(cluster, "CREATE ROLE " + name, "");
            // Takes a lock on the database itself that a copy of it waits for.
            case "create-database" -> new TenantHold(cluster, "COMMENT ON DATABASE vpn_template IS 'held'", "");
            case "isolate", "apply-limits" ->
                new TenantHold(cluster, "SELECT 1 FROM pg_database WHERE datname = ? FOR UPDATE", name);
            case "remove-database" -> new TenantHold(cluster, "COMMENT ON DATABASE " + name + " IS 'held'", "");
            case "set-passwords", "close-database", "reopen-database" ->
                new TenantHold(cluster, "SELECT 1 FROM pg_authid WHERE rolname = ? FOR UPDATE", name + "_reader");
            default -> throw new IllegalArgumentException("nothing in the cluster holds " + step);
        };
    }

    /** Whether {@link #at} has something for it. */
    static boolean isPossible(String step, Where where) {
        // A last step is over when its run is.
        return switch (where) {
            case BEFORE -> true;
            case INSIDE -> !step.equals("prove-logins");
            case BEHIND -> !step.startsWith("mark-");
        };
    }

    /** Whether the job stands there. */
    boolean isReached() {
        try (Connection watcher = database.connect()) {
            return number(
                            watcher,
                            "SELECT count(*) FROM pg_stat_activity WHERE " + holderPid
                                    + " = ANY (pg_blocking_pids(pid))")
                    > 0;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Also when its database was killed, and the lock with it. */
    @Override
    public void close() {
        try (holder) {
            if (holder.isValid(1)) {
                holder.rollback();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }
}
