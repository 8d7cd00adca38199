package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the database holds, table by table, as a number of rows and a checksum: two that are equal say that nothing
 * happened in between. Left out is what changes by itself, and the sign-ins.
 */
record DatabaseContent(Map<String, String> tables) {

    /** The clock writes these, whoever calls or does not; some are made of the outbox. */
    private static final Set<String> BY_THEMSELVES = Set.of(
            "node_leases",
            "schedule_firings",
            "outbox",
            "peer_counters",
            "desired_changes",
            "server_convergence",
            "server_loads",
            "traffic_cursors",
            "deliveries",
            "job_nodes",
            "job_runs",
            "job_run_steps",
            "tenant_storage",
            "tenant_duties",
            "notifications",
            "audit_entries",
            "audit_head",
            "audit_verifications");

    private static final Set<String> SIGN_INS =
            Set.of("sessions", "refresh_tokens", "credential_tries", "known_devices");

    static DatabaseContent of(Database database) {
        Map<String, String> tables = new TreeMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String table : names(statement)) {
                tables.put(table, checksum(statement, table));
            }
            // Events are delivered and removed at any time; what was ever added is in their sequence.
            tables.put("outbox", first(statement, "SELECT last_value FROM outbox_id_seq"));
            return new DatabaseContent(tables);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same, whatever events were added. */
    DatabaseContent withoutEvents() {
        Map<String, String> others = new TreeMap<>(tables);
        others.remove("outbox");
        return new DatabaseContent(others);
    }

    private static Set<String> names(Statement statement) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (ResultSet rows = statement.executeQuery("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        names.removeAll(BY_THEMSELVES);
        names.removeAll(SIGN_INS);
        // The servers' own job repositories.
        names.removeIf(name -> name.matches("(?i)jbatch.*|(job|step|partition)_(instance|execution)"));
        return names;
    }

    private static String checksum(Statement statement, String table) throws SQLException {
        String row =
                switch (table) {
                    case "nodes" -> "to_jsonb(t) - 'last_seen_at' - 'last_error' - 'ssh_tried_at'";
                    // Where the next free address is looked for goes on, also when the one found is given back.
                    case "servers" -> "to_jsonb(t) - 'address_cursor'";
                    default -> "to_jsonb(t)";
                };
        return first(
                statement,
                "SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(r, ',' ORDER BY r)), '-') FROM (SELECT (" + row
                        + ")::text AS r FROM \"" + table + "\" t) q");
    }

    private static String first(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
