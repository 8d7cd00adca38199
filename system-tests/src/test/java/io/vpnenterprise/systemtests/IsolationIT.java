package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.launcher.Database;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attacks of a tenant on his limits, on other tenants and on the platform. Each works first in a database that was made as
 * one makes a database, in PostgreSQL as it comes, and then fails in one of ours.
 */
class IsolationIT {

    private static Product product;
    private static Database plain;
    private static TestTenant tenant;
    private static TestTenant neighbour;

    @BeforeAll
    static void start() throws SQLException {
        product = Product.startWithTenants(Map.of());
        product.admin()
                .send("PUT", "/api/hosting/plans/free", "{\"statementSeconds\":2,\"idleInTransactionSeconds\":2}")
                .expect(200);
        tenant = TestTenant.create(product, product.member(), "Mallory");
        neighbour = TestTenant.create(product, product.member(), "Neighbour");
        makePlain();
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    /** In the platform's own server, which no tenant ever gets into: {@code naive} is its database's owner. */
    private static void makePlain() throws SQLException {
        Database superuser = product.superuser();
        try (Connection connection = superuser.connect()) {
            for (String role : List.of("naive", "stranger")) {
                TestTenant.run(connection, "CREATE ROLE " + role + " LOGIN PASSWORD 'naive'");
            }
            TestTenant.run(connection, "CREATE ROLE naive_reader LOGIN PASSWORD 'naive'");
            TestTenant.run(connection, "CREATE DATABASE naive OWNER naive");
            TestTenant.run(connection, "CREATE DATABASE stranger OWNER stranger");
            TestTenant.run(connection, "ALTER ROLE naive SET statement_timeout = '2s'");
        }
        plain = new Database(superuser.host(), superuser.port(), "naive", "naive", "naive");
    }

    /**
     * An attack: {@code <db>} is the attacker's database, {@code <me>} his login, {@code <reader>} one that may only read, and
     * {@code <other>} the database of somebody else, {@code <theirs>} a login of him.
     *
     * @param as {@code owner} or {@code reader}
     */
    record Attack(String name, String as, String... statements) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Attack> attacks() {
        return List.of(
                // The twelve that were measured on PostgreSQL as it comes.
                new Attack("a stranger connects, by PUBLIC", "owner", "<connect other>"),
                new Attack("a temporary table of whoever connects", "reader", "CREATE TEMP TABLE t (x int)"),
                new Attack("the statement's time", "owner", "SET statement_timeout = 0", "SELECT pg_sleep(5)"),
                new Attack(
                        "the statement's time, caught",
                        "owner",
                        "SET statement_timeout = 0",
                        "DO $$BEGIN LOOP BEGIN PERFORM pg_sleep(6); EXIT; EXCEPTION WHEN query_canceled THEN END; END LOOP; END$$"),
                new Attack(
                        "the time of a transaction",
                        "owner",
                        "SET idle_in_transaction_session_timeout = 0",
                        "BEGIN",
                        "SELECT 1",
                        "<wait>",
                        "SELECT 1"),
                new Attack(
                        "the limit of connections of the database", "owner", "ALTER DATABASE <db> CONNECTION LIMIT -1"),
                new Attack(
                        "read-only of the database",
                        "owner",
                        "ALTER DATABASE <db> SET default_transaction_read_only = off"),
                new Attack(
                        "letting strangers in",
                        "owner",
                        "GRANT CONNECT ON DATABASE <db> TO PUBLIC",
                        "SELECT 1 / count(*) FROM pg_database, aclexplode(datacl) a WHERE datname = '<db>' AND a.grantee = 0"),
                new Attack("the size of another database", "owner", "SELECT pg_database_size('<other>')"),
                new Attack("counters of other databases", "owner", "SELECT xact_commit FROM pg_stat_database"),
                new Attack("settings of others' roles", "owner", "SELECT setconfig FROM pg_db_role_setting"),
                new Attack("the table of locks", "owner", "SELECT pg_advisory_lock(i) FROM generate_series(1, 100) i"),
                // And more.
                new Attack("locks of transactions", "owner", "SELECT pg_advisory_xact_lock(1)"),
                new Attack("shared locks that do not wait", "owner", "SELECT pg_try_advisory_lock_shared(1, 2)"),
                new Attack("large objects", "owner", "SELECT lo_create(0)"),
                new Attack("large objects from bytes", "owner", "SELECT lo_from_bytea(0, 'x')"),
                new Attack("messages into the log of all", "owner", "SELECT pg_logical_emit_message(true, 'x', 'y')"),
                new Attack("a flood of notifications by function", "owner", "SELECT pg_notify('x', 'y')"),
                new Attack("giving the database away", "owner", "ALTER DATABASE <db> OWNER TO <me>"),
                new Attack(
                        "a view of a login's own, with its rows",
                        "owner",
                        "SET ROLE NONE",
                        "CREATE MATERIALIZED VIEW mine_too AS SELECT 1 AS x"),
                new Attack("settings of the database", "owner", "ALTER DATABASE <db> SET work_mem = '1GB'"),
                new Attack("comments that all read", "owner", "COMMENT ON DATABASE <db> IS 'read me'"),
                new Attack("an extension that sends to all", "owner", "CREATE EXTENSION tcn"),
                new Attack("an extension with large objects", "owner", "CREATE EXTENSION lo"),
                new Attack("the other databases of the server", "owner", "<connect postgres>"),
                new Attack("template databases", "owner", "<connect template1>"),
                new Attack("objects of a login's own", "owner", "SET ROLE NONE", "CREATE TABLE mine (x int)"),
                new Attack(
                        "a schema of a login's own", "owner", "SET ROLE NONE", "CREATE SCHEMA mine AUTHORIZATION <me>"),
                new Attack(
                        "rights on what others will make",
                        "owner",
                        "SET ROLE NONE",
                        "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC"),
                new Attack(
                        "a publication of its tables",
                        "owner",
                        "SET ROLE NONE",
                        "CREATE TABLE published (x int)",
                        "CREATE PUBLICATION p FOR TABLE published"),
                new Attack(
                        "a function in the reader's name",
                        "reader",
                        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
                new Attack(
                        "a shared table, filled with settings",
                        "owner",
                        "SET ROLE NONE",
                        "<large setting>",
                        "<wait>",
                        "<setting still there>"));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void worksInAPlainDatabaseAndFailsInOurs(Attack attack) throws SQLException {
        try (Connection attacker = plainConnection(attack.as())) {
            for (String statement : attack.statements()) {
                attackPlain(attacker, statement);
            }
        }

        assertThatThrownBy(() -> {
                    try (Connection attacker = tenant.connectAs(attack.as())) {
                        for (String statement : attack.statements()) {
                            attackOurs(attacker, statement);
                        }
                    }
                })
                .as(attack.name())
                .isInstanceOf(SQLException.class);
    }

    private static Connection plainConnection(String as) throws SQLException {
        return as.equals("owner")
                ? plain.connect()
                : new Database(plain.host(), plain.port(), "naive", "naive_reader", "naive").connect();
    }

    private static void attackPlain(Connection attacker, String statement) throws SQLException {
        switch (statement) {
            case "<connect other>" ->
                new Database(plain.host(), plain.port(), "stranger", "naive", "naive")
                        .connect()
                        .close();
            case "<connect postgres>" ->
                new Database(plain.host(), plain.port(), "postgres", "naive", "naive")
                        .connect()
                        .close();
            case "<connect template1>" ->
                new Database(plain.host(), plain.port(), "template1", "naive", "naive")
                        .connect()
                        .close();
            case "<wait>" -> pause(attacker);
            case "<large setting>" ->
                TestTenant.run(attacker, "ALTER ROLE naive SET application_name = '" + "x".repeat(100_000) + "'");
            case "<setting still there>" ->
                requireOne(
                        product.superuser(), "SELECT 1 FROM pg_db_role_setting WHERE length(setconfig::text) > 50000");
            default -> {
                String sql = statement
                        .replace("SET ROLE NONE", "SELECT 1")
                        .replace("<db>", "naive")
                        .replace("<me>", "naive")
                        .replace("<theirs>", "stranger")
                        .replace("<other>", "stranger");
                TestTenant.run(attacker, sql);
            }
        }
    }

    private static void attackOurs(Connection attacker, String statement) throws SQLException {
        String db = tenant.databaseName();
        switch (statement) {
            case "<connect other>" -> connect(db + "_owner", neighbour.databaseName());
            case "<connect postgres>" -> connect(db + "_owner", "postgres");
            case "<connect template1>" -> connect(db + "_owner", "template1");
            case "<wait>" -> pause(attacker);
            case "<large setting>" ->
                TestTenant.run(
                        attacker, "ALTER ROLE " + db + "_owner SET application_name = '" + "x".repeat(100_000) + "'");
            case "<setting still there>" ->
                requireOne(product.tenants(), "SELECT 1 FROM pg_db_role_setting WHERE length(setconfig::text) > 50000");
            default ->
                TestTenant.run(
                        attacker,
                        statement
                                .replace("<db>", db)
                                .replace("<me>", db + "_owner")
                                .replace("<theirs>", neighbour.databaseName() + "_owner")
                                .replace("<other>", neighbour.databaseName()));
        }
    }

    /** What the platform's watch needs, and some: the attack goes on only after it. */
    private static void pause(Connection attacker) {
        Database of = attackerIsPlain(attacker) ? product.superuser() : product.tenants();
        try (Connection other = of.connect()) {
            TestTenant.run(other, "SELECT pg_sleep(4.5)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean attackerIsPlain(Connection attacker) {
        try {
            return attacker.getMetaData().getURL().contains(":" + plain.port() + "/");
        } catch (SQLException e) {
            return false;
        }
    }

    private static void requireOne(Database database, String sql) throws SQLException {
        try (Connection connection = database.connect()) {
            if (TestTenant.first(connection, sql) == null) {
                throw new SQLException("it was taken back");
            }
        }
    }

    /** As a login of the tenant, whose password {@link TestTenant#connectAs} set. */
    private static void connect(String login, String database) throws SQLException {
        Database cluster = product.tenants();
        DriverManager.getConnection(
                        "jdbc:postgresql://" + cluster.host() + ":" + cluster.port() + "/" + database
                                + "?sslmode=require",
                        login,
                        "of-" + login)
                .close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"owner", "writer", "reader"})
    void opensNothingButItsOwnDatabaseWithAnyCredential(String login) throws SQLException {
        tenant.connectAs(login).close();
        String role = tenant.databaseName() + "_" + login;

        for (String database :
                List.of(neighbour.databaseName(), "postgres", "template0", "template1", "vpn_template", "vpn")) {
            assertThatThrownBy(() -> connect(role, database)).as(database).isInstanceOf(SQLException.class);
        }
        // Nor in the platform's own server, nor without TLS.
        Database platform = product.database();
        assertThatThrownBy(() -> new Database(platform.host(), platform.port(), "vpn", role, "of-" + role).connect())
                .isInstanceOf(SQLException.class);
        Database cluster = product.tenants();
        assertThatThrownBy(() -> DriverManager.getConnection(
                        "jdbc:postgresql://" + cluster.host() + ":" + cluster.port() + "/" + tenant.databaseName()
                                + "?sslmode=disable",
                        role,
                        "of-" + role))
                .isInstanceOf(SQLException.class);
    }

    /** What a superuser alone may do in any PostgreSQL: no plain database shows it, and ours must not be the one that does. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT pg_read_file('/etc/passwd')",
                "SELECT pg_ls_dir('/')",
                "COPY (SELECT 1) TO PROGRAM 'id'",
                "COPY (SELECT 1) TO '/tmp/x'",
                "CREATE EXTENSION dblink",
                "CREATE EXTENSION postgres_fdw",
                "CREATE EXTENSION file_fdw",
                "CREATE EXTENSION plpython3u",
                "CREATE EXTENSION hstore SCHEMA vpn CASCADE; CREATE EXTENSION lo",
                "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION vpn.on_command()",
                "ALTER EVENT TRIGGER vpn_command DISABLE",
                "SET session_replication_role = replica",
                "SET temp_file_limit = -1",
                "SELECT set_config('temp_file_limit', '-1', false)",
                "SET SESSION AUTHORIZATION postgres",
                "SET ROLE vpn_tenants",
                "SET ROLE pg_read_all_data",
                "GRANT pg_execute_server_program TO CURRENT_USER",
                "CREATE ROLE x",
                "CREATE DATABASE x",
                "ALTER SYSTEM SET work_mem = '1GB'",
                "SELECT pg_create_logical_replication_slot('x', 'pgoutput')",
                "SELECT pg_create_physical_replication_slot('x')",
                "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p",
                "CREATE TABLESPACE t LOCATION '/tmp'",
                "BEGIN; PREPARE TRANSACTION 'x'",
                "SELECT rolpassword FROM pg_authid",
                "SELECT pg_reload_conf()",
                "SELECT pg_stat_reset()",
                "CREATE FUNCTION vpn.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "UPDATE pg_database SET datconnlimit = -1",
                "DROP OWNED BY vpn_tenants",
                "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1"
            })
    void isNoSuperuser(String attack) throws SQLException {
        for (String login : List.of("owner", "reader")) {
            for (String role : List.of("", "SET ROLE NONE")) {
                try (Connection attacker = tenant.connectAs(login)) {
                    TestTenant.run(attacker, role);
                    assertThatThrownBy(() -> TestTenant.run(attacker, attack)).isInstanceOf(SQLException.class);
                }
            }
        }
    }

    /** The superuser calls functions in tenants' databases: never one that the tenant made under the same name. */
    @Test
    void runsNothingOfATenantAsThePlatform() throws SQLException {
        TestTenant mallory = TestTenant.create(product, product.member(), "Overload");
        try (Connection owner = mallory.connect()) {
            TestTenant.run(owner, "CREATE TABLE ran_as (who text)");
            for (String function : List.of(
                    "string_agg(anyelement, text) RETURNS text LANGUAGE plpgsql",
                    "format(text, regclass) RETURNS text LANGUAGE plpgsql",
                    "format(text, name) RETURNS text LANGUAGE plpgsql",
                    "pg_advisory_lock(bigint) RETURNS void LANGUAGE plpgsql",
                    "hashtextextended(text, int) RETURNS bigint LANGUAGE plpgsql",
                    "pg_terminate_backend(int, int) RETURNS boolean LANGUAGE plpgsql")) {
                TestTenant.run(
                        owner,
                        "CREATE FUNCTION public." + function.replace("RETURNS void", "RETURNS int")
                                + " AS $$BEGIN INSERT INTO public.ran_as VALUES (current_user); RETURN NULL; END$$");
            }
            TestTenant.run(owner, "CREATE TABLE large AS SELECT i, repeat('x', 500) FROM generate_series(1, 40000) i");
            product.admin()
                    .send("PUT", "/api/hosting/plans/free", "{\"maxStorageBytes\":16777216}")
                    .expect(200);
        }
        try {
            awaitStorage(mallory, "restricted");
            try (Connection owner = mallory.connect()) {
                TestTenant.run(owner, "DELETE FROM large WHERE i > 10");
            }
            awaitStorage(mallory, "normal");
        } finally {
            product.admin()
                    .send("PUT", "/api/hosting/plans/free", "{\"maxStorageBytes\":104857600}")
                    .expect(200);
        }
        try (Connection superuser = mallory.inspect()) {
            assertThat(TestTenant.first(superuser, "SELECT who FROM ran_as")).isNull();
        }
    }

    private static void awaitStorage(TestTenant tenant, String state) {
        await("storage is " + state).atMost(Duration.ofSeconds(40)).until(() -> tenant.owner()
                .get(tenant.path() + "/limits")
                .expect(200)
                .data()
                .getString("storageState")
                .equals(state));
    }

    @Test
    void saysWhatHoldsEachLimit() {
        var limits = tenant.owner().get(tenant.path() + "/limits").expect(200).data();

        assertThat(limits.getJsonArray("items").stream()
                        .map(limit -> limit.asJsonObject().getString("name") + ": "
                                + limit.asJsonObject().getString("heldBy")))
                .containsExactly(
                        "connections: postgres",
                        "storage: monitor",
                        "temporary-files: postgres",
                        "statement: monitor",
                        "idle-in-transaction: monitor",
                        "cpu: not enforced here",
                        "memory: not enforced here",
                        "extensions: postgres",
                        "advisory-locks: postgres",
                        "large-objects: postgres");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; DROP TABLE tenants; --",
                "a\" ; DROP DATABASE vpn; --",
                "../../etc/passwd",
                "t_0000000000000000",
                "00000000-0000-0000-0000-000000000000",
                "%00",
                "%E0%80%80",
                "${jndi:ldap://127.0.0.1/x}"
            })
    void answersHostileNamesWithErrors(String hostile) {
        String segment = hostile.startsWith("%") ? hostile : URLEncoder.encode(hostile, StandardCharsets.UTF_8);
        for (String path : List.of("/api/tenants/" + segment, "/api/tenants/" + segment + "/limits")) {
            assertThat(tenant.owner().get(path).status()).as(path).isBetween(400, 499);
        }
        if (!hostile.matches("[a-z0-9 _-]+")) {
            String body = jakarta.json.Json.createObjectBuilder()
                    .add("name", hostile)
                    .build()
                    .toString();
            assertThat(product.member().post("/api/tenants", body).expect(400).code())
                    .isEqualTo("INVALID_TENANT_NAME");
        }
    }
}
