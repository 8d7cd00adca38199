package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * The storage limit of databases in a shared PostgreSQL server, which itself has none.
 *
 * <p>A database over its limit is <b>held</b>: all tables and views go to the role {@code …_kept}, of which nobody is a
 * member; the owner's login works as {@code …_relief}, which may read and remove rows; a trigger on each table refuses new
 * rows, whoever writes them and as whom; an event trigger refuses commands that make or change objects. So nothing that was
 * made before, such as functions, rules, triggers, grants and default privileges, brings a row in: {@code template.sql} has
 * the functions. Its sessions end, for what they have prepared or locked.
 *
 * <p>Each method may be called again after a crash at any point.
 */
@ApplicationScoped
class PostgresStorage {

    private static final Logger LOG = Logger.getLogger(PostgresStorage.class.getName());

    /** At once, since each takes locks of a table that all tenants share. */
    private static final int TABLES_AT_ONCE = 100;

    /** The largest database that there is, at a few MB in a second. */
    private static final Duration COMPACTION_DEADLINE = Duration.ofHours(6);

    /** Less is not worth a rewritten table. */
    private static final long LEAST_ROOM = 65_536;

    @Inject
    TenantCluster cluster;

    /** What databases take on disk; those that are not there are left out. */
    Map<String, Long> sizes(ClusterSession session, Collection<String> databases) {
        String found = session.first(
                        "SELECT string_agg(datname || '=' || pg_database_size(oid), ',') FROM pg_database"
                                + " WHERE datname = ANY (string_to_array(?, ','))",
                        String.join(",", databases))
                .orElse("");
        Map<String, Long> sizes = new TreeMap<>();
        for (String pair : found.isEmpty() ? new String[0] : found.split(",")) {
            sizes.put(pair.substring(0, pair.indexOf('=')), Long.valueOf(pair.substring(pair.indexOf('=') + 1)));
        }
        return sizes;
    }

    /** Of these, those in which something ran lately. */
    List<String> busy(ClusterSession session, Collection<String> databases) {
        return session.first("""
                        SELECT string_agg(DISTINCT datname, ',') FROM pg_stat_activity
                        WHERE datname = ANY (string_to_array(?, ','))
                          AND (state <> 'idle' OR state_change > now() - interval '10 s')""", String.join(",", databases))
                .map(names -> List.of(names.split(",")))
                .orElse(List.of());
    }

    /** Lets nobody in until {@link #hold} is done, and puts out who is in: at once, since they write. */
    void shut(ClusterSession session, DatabaseNames names) {
        session.run("REVOKE CONNECT ON DATABASE " + names.database() + " FROM " + logins(names));
        putOut(session, names);
    }

    /** Keeps everything from growing that can, and lets rows be read and removed. */
    void hold(DatabaseNames names) {
        try (ClusterSession session = cluster.open(names.database())) {
            takeTurns(session);
            makeRoles(session, names);
            session.runTogether(List.of(
                    "REVOKE CONNECT ON DATABASE " + names.database() + " FROM " + logins(names),
                    "REVOKE " + names.objects() + " FROM " + names.login(Login.OWNER),
                    "GRANT " + names.relief() + " TO " + names.login(Login.OWNER) + ", " + names.objects(),
                    asRole(names, true),
                    "ALTER EVENT TRIGGER vpn_over_limit ENABLE",
                    forEachSchema("GRANT USAGE ON SCHEMA %I TO " + names.relief())));
            putOut(session, names);
            rollBackPrepared(session, names);
            // Functions and views of the tenant read and remove as it, too: it is a member of what it was.
            handOver(session, names.objects(), names.kept(), """
                    EXECUTE format('ALTER TABLE %s OWNER TO KEPT', t.name);
                    EXECUTE format('GRANT SELECT, DELETE, TRUNCATE ON %s TO RELIEF', t.name);
                    IF t.relkind = 'r' THEN
                      EXECUTE format('CREATE OR REPLACE TRIGGER "vpn: over limit" BEFORE INSERT OR UPDATE ON %s'
                                     ' FOR EACH ROW EXECUTE FUNCTION vpn.refuse_row()', t.name);
                      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER "vpn: over limit"', t.name);
                    END IF;""".replace("KEPT", names.kept())
                    .replace("RELIEF", names.relief()));
            session.run("GRANT CONNECT ON DATABASE " + names.database() + " TO " + logins(names));
        }
    }

    /** With a node that was thought dead, until the session ends. */
    private static void takeTurns(ClusterSession session) {
        session.first("SELECT pg_advisory_lock(hashtextextended('vpn/storage', 0))::text");
    }

    private static void makeRoles(ClusterSession session, DatabaseNames names) {
        List<String> statements = new ArrayList<>();
        if (!session.isThere("SELECT 1 FROM pg_roles WHERE rolname = ?", names.kept())) {
            statements.add("CREATE ROLE " + names.kept() + " NOLOGIN IN ROLE " + names.objects());
        }
        if (!session.isThere("SELECT 1 FROM pg_roles WHERE rolname = ?", names.relief())) {
            // Policies do not hide rows from the owner, who must be able to remove all.
            statements.add("CREATE ROLE " + names.relief() + " NOLOGIN BYPASSRLS");
        }
        if (!statements.isEmpty()) {
            session.runTogether(statements);
        }
    }

    /** As whom the owner's login works. */
    static String ownersRole(DatabaseNames names, boolean held) {
        return held ? names.relief() : names.objects();
    }

    static String asRole(DatabaseNames names, boolean held) {
        return "ALTER ROLE " + names.login(Login.OWNER) + " SET role = " + ownersRole(names, held);
    }

    private static String forEachSchema(String command) {
        return """
                DO $do$
                DECLARE s name;
                BEGIN
                  FOR s IN SELECT nspname FROM pg_namespace
                           WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'vpn')
                  LOOP
                    EXECUTE format('COMMAND', s);
                  END LOOP;
                END $do$""".replace("COMMAND", command);
    }

    /** All tables and views of a role, some in each transaction. */
    private static void handOver(ClusterSession session, String from, String to, String commands) {
        String handOver = """
                DO $do$
                DECLARE t record;
                BEGIN
                  FOR t IN SELECT c.oid::regclass AS name, c.relkind FROM pg_class c
                           WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relpersistence <> 't'
                             AND c.relowner = 'FROM'::regrole
                             AND NOT EXISTS (SELECT 1 FROM pg_depend d
                                             WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
                           LIMIT AT_ONCE
                  LOOP
                    COMMANDS
                  END LOOP;
                END $do$""".replace("FROM'", from + "'")
                .replace("AT_ONCE", String.valueOf(TABLES_AT_ONCE))
                .replace("COMMANDS", commands);
        String some = "SELECT 1 FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relpersistence <> 't'"
                + " AND c.relowner = ?::regrole"
                + " AND NOT EXISTS (SELECT 1 FROM pg_depend d"
                + " WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') LIMIT 1";
        while (session.isThere(some, from)) {
            session.run(handOver);
        }
    }

    /** Undoes {@link #hold}. */
    void release(DatabaseNames names) {
        try (ClusterSession session = cluster.open(names.database())) {
            takeTurns(session);
            makeRoles(session, names);
            shut(session, names);
            rollBackPrepared(session, names);
            handOver(session, names.kept(), names.objects(), """
                    EXECUTE format('DROP TRIGGER IF EXISTS "vpn: over limit" ON %s', t.name);
                    EXECUTE format('REVOKE ALL ON %s FROM RELIEF', t.name);
                    EXECUTE format('ALTER TABLE %s OWNER TO OBJECTS', t.name);""".replace("RELIEF", names.relief())
                    .replace("OBJECTS", names.objects()));
            session.runTogether(List.of(
                    "ALTER EVENT TRIGGER vpn_over_limit DISABLE",
                    forEachSchema("REVOKE ALL ON SCHEMA %I FROM " + names.relief()),
                    "REVOKE " + names.relief() + " FROM " + names.login(Login.OWNER) + ", " + names.objects(),
                    "GRANT " + names.objects() + " TO " + names.login(Login.OWNER),
                    asRole(names, false),
                    "GRANT CONNECT ON DATABASE " + names.database() + " TO " + logins(names)));
        }
    }

    private static String logins(DatabaseNames names) {
        return String.join(", ", names.logins());
    }

    /** Ends what runs in a held database and makes it grow, such as a function of an index that autovacuum calls. */
    void stopGrowth(ClusterSession session, DatabaseNames names) {
        session.first("""
                SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
                WHERE a.datname = ? AND r.rolsuper IS NOT TRUE
                  AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_cluster p WHERE p.datname = a.datname)""", names.database());
    }

    /** All but the platform's own; who came in a moment before is not on the list yet, so it is read until it is empty. */
    private static void putOut(ClusterSession session, DatabaseNames names) {
        String sessions = "FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid"
                + " WHERE a.datname = ? AND NOT r.rolsuper";
        while (session.isThere("SELECT 1 " + sessions + " LIMIT 1", names.database())) {
            session.first("SELECT bool_and(pg_terminate_backend(a.pid, 5000)) " + sessions, names.database());
        }
    }

    /** Their locks would stay: without a session, for ever. */
    private static void rollBackPrepared(ClusterSession session, DatabaseNames names) {
        Optional<String> prepared;
        while ((prepared = session.first(
                        "SELECT quote_literal(gid) FROM pg_prepared_xacts WHERE database = ? LIMIT 1",
                        names.database()))
                .isPresent()) {
            session.run("ROLLBACK PREPARED " + prepared.get());
        }
    }

    /**
     * Gives back to the disk what removed rows took, if that is likely to be enough. Removed rows stay in their files:
     * {@code VACUUM} alone shortens a file only by its empty end, so a table with much room is written anew, {@code VACUUM
     * FULL}, under a lock that keeps its readers waiting. Not where an index calls a function of the tenant: it would run
     * with the rights of the table's owner.
     *
     * @param wanted bytes
     */
    void compact(DatabaseNames names, long wanted) {
        try (ClusterSession session = cluster.open(names.database())) {
            session.waitFor(COMPACTION_DEADLINE);
            session.run("SET lock_timeout = '2s'");
            session.run(
                    "DELETE FROM vpn.compacted k WHERE NOT EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = k.relation)");
            if (Long.parseLong(session.first("SELECT coalesce(sum(room), 0)::bigint FROM vpn.room()")
                            .orElseThrow())
                    < wanted) {
                return;
            }
            String rooms = session.first(
                            "SELECT string_agg(relation::oid || '=' || can_be_rewritten, ',' ORDER BY room DESC)"
                                    + " FROM vpn.room() WHERE room >= " + LEAST_ROOM)
                    .orElse("");
            for (String room :
                    Arrays.stream(rooms.split(",")).filter(r -> !r.isEmpty()).collect(Collectors.toList())) {
                compact(session, Long.parseLong(room.substring(0, room.indexOf('='))), room.endsWith("true"));
            }
        }
    }

    private static void compact(ClusterSession session, long relation, boolean anew) {
        // It may have been dropped since.
        Optional<String> name = session.first("SELECT oid::regclass::text FROM pg_class WHERE oid = ?", relation);
        if (name.isPresent()) {
            session.first("SELECT vpn.note_compacted(?::oid)::text", relation);
            try {
                session.run((anew ? "VACUUM (FULL) " : "VACUUM ") + name.get());
            } catch (VpnException e) {
                // Somebody reads it, so that it could not be locked: next time.
                LOG.log(Level.INFO, "a table was not compacted: {0}", e.getMessage());
                session.run("DELETE FROM vpn.compacted WHERE relation = " + relation);
            }
        }
    }
}
