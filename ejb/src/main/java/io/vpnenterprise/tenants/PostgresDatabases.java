package io.vpnenterprise.tenants;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.postgresql.util.PasswordUtil;

/**
 * Tenants' databases in a PostgreSQL server that others share.
 *
 * <p>What holds them apart, for each tenant (PostgreSQL, 22 Database Roles and 5.7 Privileges):
 *
 * <ul>
 *   <li>The database belongs to a role of the platform that nobody signs in as: an owner could lift its limits and let
 *       strangers in.
 *   <li>Schemas and all in them belong to the role {@code …_objects}, as which the owner's login works by default and which
 *       it can lose: who is owner himself could give himself anything back. The login inherits nothing, so all that it makes
 *       is of that role.
 *   <li>PUBLIC has nothing; a {@code …_writer} and a {@code …_reader} have what they are called by.
 *   <li>All logins are members of a role that is called as the database, by which {@code pg_hba.conf} lets them in.
 * </ul>
 */
@ApplicationScoped
class PostgresDatabases implements TenantDatabases {

    /** Beyond a plan's connections: the platform's own for its members. */
    private static final int RESERVED_CONNECTIONS = 3;

    @Inject
    TenantCluster cluster;

    @Inject
    ClusterTemplate template;

    @Override
    public void createRoles(DatabaseNames names, Map<Login, String> passwords) {
        template.ensure();
        try (ClusterSession session = cluster.open()) {
            if (session.isThere("SELECT 1 FROM pg_roles WHERE rolname = ?", names.database())) {
                // All were made together.
                return;
            }
            List<String> statements = new ArrayList<>();
            for (String group : List.of(names.database(), names.objects(), names.write(), names.read())) {
                statements.add("CREATE ROLE " + group + " NOLOGIN");
            }
            statements.add("GRANT " + names.read() + " TO " + names.write());
            for (Login login : Login.values()) {
                String inherit = login == Login.OWNER ? "NOINHERIT" : "INHERIT";
                statements.add(
                        "CREATE ROLE " + names.login(login) + " LOGIN " + inherit + " IN ROLE " + names.database()
                                + ", " + groupOf(names, login) + " PASSWORD '" + verifier(passwords.get(login)) + "'");
            }
            statements.add("ALTER ROLE " + names.login(Login.OWNER) + " SET role = " + names.objects());
            session.runTogether(statements);
        }
    }

    /**
     * Sessions of such keys come in as the reader and become this role: it needs no password, and no row that policies hide
     * from it is seen by way of another. What it may do is the tenant's to grant.
     */
    void ensureAnon(DatabaseNames names) {
        try (ClusterSession session = cluster.open()) {
            if (!session.isThere("SELECT 1 FROM pg_roles WHERE rolname = ?", names.anon())) {
                session.run("CREATE ROLE " + names.anon() + " NOLOGIN");
            }
            session.run("GRANT " + names.anon() + " TO " + names.login(Login.READER));
        }
        try (ClusterSession session = cluster.open(names.database())) {
            session.run("GRANT USAGE ON SCHEMA public TO " + names.anon());
        }
    }

    private static String groupOf(DatabaseNames names, Login login) {
        return switch (login) {
            case OWNER -> names.objects();
            case WRITER -> names.write();
            case READER -> names.read();
        };
    }

    /** So that the password itself is in no statement, and no log (PostgreSQL, CREATE ROLE). */
    private static String verifier(String password) {
        return PasswordUtil.encodeScramSha256(password.toCharArray());
    }

    @Override
    public void createDatabase(DatabaseNames names) {
        try (ClusterSession session = cluster.open()) {
            if (!session.isThere("SELECT 1 FROM pg_database WHERE datname = ?", names.database())) {
                // Closed until it is isolated: PUBLIC may connect to a new database.
                session.run("CREATE DATABASE " + names.database() + " OWNER " + ClusterTemplate.OWNER + " TEMPLATE "
                        + ClusterTemplate.NAME + " CONNECTION LIMIT 0");
            }
        }
    }

    @Override
    public void isolate(DatabaseNames names) {
        String logins = String.join(", ", names.logins());
        try (ClusterSession session = cluster.open(names.database())) {
            session.runTogether(List.of(
                    "REVOKE ALL ON DATABASE " + names.database() + " FROM PUBLIC",
                    "GRANT CONNECT ON DATABASE " + names.database() + " TO " + logins,
                    "GRANT CREATE, TEMPORARY ON DATABASE " + names.database() + " TO " + names.objects(),
                    "ALTER SCHEMA public OWNER TO " + names.objects(),
                    "GRANT USAGE ON SCHEMA public TO " + names.read(),
                    byDefault(names, "USAGE ON SCHEMAS", names.read()),
                    byDefault(names, "SELECT ON TABLES", names.read()),
                    byDefault(names, "SELECT ON SEQUENCES", names.read()),
                    byDefault(names, "INSERT, UPDATE, DELETE, TRUNCATE ON TABLES", names.write()),
                    byDefault(names, "USAGE, UPDATE ON SEQUENCES", names.write())));
        }
    }

    private static String byDefault(DatabaseNames names, String privilege, String role) {
        return "ALTER DEFAULT PRIVILEGES FOR ROLE " + names.objects() + " GRANT " + privilege + " TO " + role;
    }

    @Override
    public void applyLimits(DatabaseNames names, HostingPlan plan) {
        List<String> statements = new ArrayList<>();
        statements.add("ALTER DATABASE " + names.database() + " CONNECTION LIMIT "
                + (plan.maxConnections() + RESERVED_CONNECTIONS));
        for (String login : names.logins()) {
            statements.add("ALTER ROLE " + login + " CONNECTION LIMIT " + plan.maxConnections());
            // Set by a superuser, and for superusers alone to change: it holds.
            statements.add("ALTER ROLE " + login + " SET temp_file_limit = '" + plan.maxTempBytes() / 1024 + "kB'");
            // These a session may lift; the watchdog holds them.
            statements.add("ALTER ROLE " + login + " SET statement_timeout = '"
                    + plan.statement().toSeconds() + "s'");
            statements.add("ALTER ROLE " + login + " SET idle_in_transaction_session_timeout = '"
                    + plan.idleInTransaction().toSeconds() + "s'");
        }
        try (ClusterSession session = cluster.open()) {
            session.runTogether(statements);
        }
    }

    @Override
    public void proveLogins(DatabaseNames names, Map<Login, String> passwords) {
        passwords.forEach((login, password) -> {
            try (ClusterSession session = cluster.open(names, login, password)) {
                session.first("SELECT 1");
            }
        });
    }

    @Override
    public void setPasswords(DatabaseNames names, Map<Login, String> passwords) {
        List<String> statements = new ArrayList<>();
        passwords.forEach((login, password) ->
                statements.add("ALTER ROLE " + names.login(login) + " PASSWORD '" + verifier(password) + "'"));
        try (ClusterSession session = cluster.open()) {
            session.runTogether(statements);
            putOut(session, passwords.keySet().stream().map(names::login).toList());
        }
    }

    @Override
    public void close(DatabaseNames names) {
        try (ClusterSession session = cluster.open()) {
            List<String> present = present(session, names.logins());
            session.runTogether(present.stream()
                    .map(login -> "ALTER ROLE " + login + " NOLOGIN")
                    .toList());
            putOut(session, present);
        }
    }

    @Override
    public void reopen(DatabaseNames names) {
        try (ClusterSession session = cluster.open()) {
            session.runTogether(names.logins().stream()
                    .map(login -> "ALTER ROLE " + login + " LOGIN")
                    .toList());
        }
    }

    /** Who came in a moment before is not on the list yet, so it is read until it is empty. */
    private static void putOut(ClusterSession session, List<String> logins) {
        String sessions = "FROM pg_stat_activity WHERE usename = ANY (string_to_array(?, ','))";
        String names = String.join(",", logins);
        // Each waits up to 5 s for its backend, and says false if it is still there then.
        while (session.isThere("SELECT 1 " + sessions + " LIMIT 1", names)) {
            session.first("SELECT bool_and(pg_terminate_backend(pid, 5000)) " + sessions, names);
        }
    }

    @Override
    public long sizeBytes(DatabaseNames names) {
        try (ClusterSession session = cluster.open()) {
            return session.first("SELECT pg_database_size(?)", names.database())
                    .map(Long::parseLong)
                    .orElse(0L);
        }
    }

    @Override
    public void remove(DatabaseNames names) {
        try (ClusterSession session = cluster.open()) {
            session.run("DROP DATABASE IF EXISTS " + names.database() + " WITH (FORCE)");
            List<String> present = present(session, names.roles());
            if (!present.isEmpty()) {
                session.run("DROP ROLE " + String.join(", ", present));
            }
        }
    }

    private static List<String> present(ClusterSession session, List<String> roles) {
        String found = session.first(
                        "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname = ANY (string_to_array(?, ','))",
                        String.join(",", roles))
                .orElse("");
        return Arrays.stream(found.split(",")).filter(name -> !name.isEmpty()).collect(Collectors.toList());
    }
}
