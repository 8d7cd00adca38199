package io.vpnenterprise.tenants;

import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The limits of sessions in a shared PostgreSQL server that a session could lift with {@code SET}, and what PostgreSQL lets
 * every role do to itself. Stateless.
 */
final class PostgresWatchdog {

    /** After this a statement that caught its cancellation ends with its session. */
    private static final int GRACE_SECONDS = 2;

    /** Of the server's table of locks, which all share, one tenant may have this share. */
    private static final int SHARE_OF_LOCKS = 4;

    /** Sessions with fewer are left alone. */
    private static final int FEW_LOCKS = 500;

    /** What a role may keep as its own settings: they lie in a table that no database's size has. */
    private static final int MOST_OF_SETTINGS = 4_096;

    private PostgresWatchdog() {}

    /**
     * Ends statements and transactions that are older than their plan allows, sessions with too many locks, and those of
     * others' logins.
     *
     * @return what was ended, for the log
     */
    static Optional<String> endOverdue(ClusterSession session, Collection<StorageRows.Watched> tenants) {
        return session.first(
                """
                WITH limits AS (
                  SELECT * FROM unnest(string_to_array(?, ','), string_to_array(?, ',')::int[], string_to_array(?, ',')::int[])
                                AS l (database, statement, idle)),
                locks AS (
                  SELECT pid, count(*) AS n, sum(count(*)) OVER (PARTITION BY a.datname) AS of_database
                  FROM pg_locks JOIN pg_stat_activity a USING (pid) GROUP BY pid, a.datname),
                sessions AS (
                  SELECT a.pid, a.usename, a.datname,
                         a.state IN ('active', 'fastpath function call') AS works,
                         extract(epoch FROM clock_timestamp() - a.query_start) - l.statement AS statement_over,
                         a.state LIKE 'idle in transaction%%'
                             AND a.state_change < clock_timestamp() - make_interval(secs => l.idle) AS idles,
                         k.n > %d AND k.of_database > current_setting('max_locks_per_transaction')::int
                             * (current_setting('max_connections')::int
                                + current_setting('max_prepared_transactions')::int) / %d AS locks,
                         left(a.usename, length(l.database)) <> l.database AS strange
                  FROM pg_stat_activity a JOIN limits l ON l.database = a.datname
                  JOIN pg_roles r ON r.oid = a.usesysid AND NOT r.rolsuper
                  LEFT JOIN locks k ON k.pid = a.pid),
                overdue AS (
                  SELECT *, CASE WHEN works AND statement_over > %d OR idles OR locks OR strange THEN 'session'
                                 WHEN works AND statement_over > 0 THEN 'statement' END AS ended
                  FROM sessions)
                SELECT string_agg(ended || ' of ' || usename || ' in ' || datname, ', ')
                FROM (SELECT *, CASE ended WHEN 'session' THEN pg_terminate_backend(pid)
                                           ELSE pg_cancel_backend(pid) END AS done
                      FROM overdue WHERE ended IS NOT NULL OFFSET 0) AS d WHERE done""".formatted(FEW_LOCKS, SHARE_OF_LOCKS, GRACE_SECONDS),
                joined(tenants, t -> t.tenant().databaseName()),
                joined(tenants, t -> String.valueOf(t.plan().statement().toSeconds())),
                joined(tenants, t -> String.valueOf(t.plan().idleInTransaction().toSeconds())));
    }

    private static String joined(Collection<StorageRows.Watched> tenants, Function<StorageRows.Watched, String> part) {
        return tenants.stream().map(part).collect(Collectors.joining(","));
    }

    /** Databases of which a login changed how it works by itself, or keeps more settings than fit into a page. */
    static Optional<String> withAlteredSettings(ClusterSession session, Collection<StorageRows.Watched> tenants) {
        return session.first(
                """
                SELECT string_agg(l.database, ',')
                FROM unnest(string_to_array(?, ','), string_to_array(?, ',')) AS l (database, role)
                WHERE NOT EXISTS (SELECT 1 FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
                                  WHERE r.rolname = l.database || '_owner' AND s.setdatabase = 0
                                    AND 'role=' || l.role = ANY (s.setconfig))
                   OR (SELECT sum(length(array_to_string(s.setconfig, ',')))
                       FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
                       WHERE r.rolname IN (l.database || '_owner', l.database || '_writer', l.database || '_reader')) > ?""",
                joined(tenants, t -> t.tenant().databaseName()),
                joined(tenants, t -> PostgresStorage.ownersRole(t.tenant().names(), t.held())),
                MOST_OF_SETTINGS);
    }
}
