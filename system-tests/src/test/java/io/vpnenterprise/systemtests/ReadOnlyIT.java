package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Fifty ways to write, through the gateway: PostgreSQL refuses each to a viewer, and lets the owner do those that are his to
 * do. Each is of several statements where that is what it takes; the first that fails ends it.
 */
class ReadOnlyIT {

    /**
     * A way to write.
     *
     * @param sql {@code <owner>} and {@code <objects>} are the tenant's roles
     * @param ownerMay whether it is a legitimate write, which the owner does
     */
    private record Way(String sql, boolean ownerMay) {}

    private static final List<Way> WAYS = List.of(
            his("INSERT INTO birds VALUES (1000, 'new')"),
            his("INSERT INTO birds VALUES (1001, 'new') RETURNING id"),
            his("INSERT INTO birds VALUES (1, 'new') ON CONFLICT (id) DO UPDATE SET name = 'other'"),
            his("UPDATE birds SET name = 'other' WHERE id = 2"),
            his("DELETE FROM birds WHERE id = 3"),
            his("MERGE INTO birds b USING (SELECT 4 AS id) s ON b.id = s.id WHEN MATCHED THEN DELETE"),
            his("TRUNCATE nests"),
            his("WITH gone AS (DELETE FROM birds WHERE id = 5 RETURNING *) SELECT * FROM gone"),
            his("WITH made AS (INSERT INTO birds VALUES (1002, 'x') RETURNING *) SELECT count(*) FROM made"),
            his("EXPLAIN ANALYZE DELETE FROM birds WHERE id = 6"),
            his("EXPLAIN (ANALYZE, FORMAT JSON) UPDATE birds SET name = 'y' WHERE id = 6"),
            his("PREPARE p AS DELETE FROM birds WHERE id = 7; EXECUTE p"),
            his("BEGIN; DECLARE c CURSOR FOR SELECT * FROM birds FOR UPDATE; FETCH c; COMMIT"),
            his("SELECT * FROM birds WHERE id = 8 FOR UPDATE"),
            his("SELECT * FROM birds WHERE id = 8 FOR KEY SHARE"),
            his("BEGIN; LOCK TABLE birds IN ACCESS EXCLUSIVE MODE; COMMIT"),
            his("SELECT * INTO copied FROM birds"),
            his("CREATE TABLE made_1 (id int)"),
            his("CREATE TABLE made_2 AS SELECT * FROM birds"),
            his("CREATE TEMPORARY TABLE made_3 (id int)"),
            his("CREATE VIEW made_4 AS SELECT * FROM birds"),
            his("CREATE MATERIALIZED VIEW made_5 AS SELECT * FROM birds"),
            his("CREATE INDEX made_6 ON birds (name)"),
            his("CREATE SEQUENCE made_7"),
            his("CREATE SCHEMA made_8"),
            his("CREATE TYPE made_9 AS ENUM ('a')"),
            his("CREATE FUNCTION made_10() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
            his("CREATE FUNCTION pg_temp.made_11() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
            his("CREATE RULE made_12 AS ON DELETE TO nests DO INSTEAD NOTHING"),
            his("CREATE POLICY made_13 ON nests USING (true)"),
            his("ALTER TABLE birds ADD COLUMN more text"),
            his("ALTER TABLE nests DISABLE TRIGGER ALL"),
            his("COMMENT ON TABLE birds IS 'mine'"),
            his("GRANT SELECT ON birds TO <writer>"),
            his("ALTER DEFAULT PRIVILEGES FOR ROLE <objects> GRANT SELECT ON TABLES TO <objects>"),
            his("SELECT nextval('eggs')"),
            his("SELECT setval('eggs', 77)"),
            his("DO $$ BEGIN INSERT INTO birds VALUES (1003, 'do'); END $$"),
            his("DO $$ BEGIN EXECUTE 'DEL' || 'ETE FROM birds WHERE id = 9'; END $$"),
            his("SELECT lays()"),
            his("SET ROLE <objects>; INSERT INTO birds VALUES (1004, 'role')"),
            his("SELECT set_config('role', '<objects>', false); INSERT INTO birds VALUES (1005, 'role')"),
            his("SET default_transaction_read_only = off; INSERT INTO birds VALUES (1006, 'off')"),
            his("BEGIN READ WRITE; INSERT INTO birds VALUES (1007, 'rw'); COMMIT"),
            his(
                    "SET row_security = off; SET session_replication_role = DEFAULT; DELETE FROM birds WHERE id = 10",
                    false),
            his("REINDEX TABLE birds"),
            his("CLUSTER birds USING birds_pkey"),
            his("ALTER SEQUENCE eggs RESTART"),
            his("DROP TABLE nests"),
            his("SET SESSION AUTHORIZATION <owner>"),
            nobodys("COPY birds FROM PROGRAM 'true'"),
            nobodys("COPY birds TO '/tmp/birds'"),
            nobodys("COPY birds FROM '/etc/passwd'"),
            nobodys("SELECT lo_create(0)"),
            nobodys("SELECT lo_from_bytea(0, 'x')"),
            nobodys("SELECT pg_advisory_lock(1)"),
            nobodys("SELECT pg_try_advisory_xact_lock(1)"),
            nobodys("SELECT pg_logical_emit_message(false, 'a', 'b')"),
            nobodys("SELECT pg_rotate_logfile()"),
            nobodys("ALTER ROLE <owner> CONNECTION LIMIT 1"),
            nobodys("CREATE ROLE another"),
            nobodys("ALTER DATABASE <database> CONNECTION LIMIT 1"),
            nobodys("ALTER SYSTEM SET work_mem = '1GB'"),
            nobodys("SELECT pg_reload_conf()"),
            nobodys("SELECT pg_read_file('/etc/passwd')"));

    /** Insufficient privilege, and, of an advisory function that is not his, the same. */
    private static final Set<String> REFUSALS = Set.of("42501");

    private static Product product;
    private static TestTenant tenant;
    private static Api viewer;
    private static Api editor;

    private static Way his(String sql) {
        return new Way(sql, true);
    }

    private static Way his(String sql, boolean ownerMay) {
        return new Way(sql, ownerMay);
    }

    private static Way nobodys(String sql) {
        return new Way(sql, false);
    }

    @BeforeAll
    static void start() throws SQLException {
        product = Product.startWithTenants(Map.of());
        tenant = TestTenant.create(product, product.member(), "Read only");
        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, """
                    CREATE TABLE birds (id int PRIMARY KEY, name text);
                    INSERT INTO birds SELECT i, 'bird ' || i FROM generate_series(1, 100) i;
                    CREATE TABLE nests (id int);
                    INSERT INTO nests VALUES (1);
                    CREATE SEQUENCE eggs;
                    CREATE FUNCTION lays() RETURNS void LANGUAGE sql AS 'INSERT INTO birds VALUES (2000, ''laid'')'""");
        }
        viewer = tenant.join("VIEWER");
        editor = tenant.join("EDITOR");
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void refusesAViewerFiftyWaysToWrite() throws SQLException {
        assertThat(WAYS.size()).isGreaterThanOrEqualTo(50);
        String before = content();

        for (Way way : WAYS) {
            Api.Answer answer = run(viewer, way);
            assertThat(answer.status()).as(way.sql() + ": " + answer.text()).isEqualTo(400);
            assertThat(answer.code()).as(way.sql()).isEqualTo("QUERY_FAILED");
            assertThat(sqlState(answer)).as(way.sql() + ": " + answer.text()).isIn(REFUSALS);
        }

        assertThat(content()).isEqualTo(before);
        // What PostgreSQL skips with a warning instead; nothing changes either.
        for (String skipped : List.of("VACUUM birds", "ANALYZE birds")) {
            JsonObject answer = run(viewer, his(skipped)).expect(200).data();
            assertThat(answer.getJsonArray("notices").toString())
                    .as(skipped)
                    .containsAnyOf("permission denied", "only table or database owner");
        }
        assertThat(content()).isEqualTo(before);
        System.out.println("ReadOnlyIT: " + WAYS.size() + " ways to write, all refused to a viewer");
        everyWayThatIsHisToTakeTheOwnerTakes(before);
    }

    /** Else a refusal above would say nothing. */
    private static void everyWayThatIsHisToTakeTheOwnerTakes(String before) throws SQLException {
        for (Way way : WAYS) {
            Api.Answer answer = run(tenant.owner(), way);
            assertThat(answer.status())
                    .as("owner: " + way.sql() + ": " + answer.text())
                    .isEqualTo(way.ownerMay() ? 200 : 400);
        }
        assertThat(content()).isNotEqualTo(before);
    }

    @Test
    void letsAnEditorWriteRowsAndMakeNoTables() {
        assertThatCode(() ->
                        run(editor, his("INSERT INTO birds VALUES (3000, 'e')")).expect(200))
                .doesNotThrowAnyException();
        run(editor, his("UPDATE birds SET name = 'e' WHERE id = 3000")).expect(200);
        run(editor, his("DELETE FROM birds WHERE id = 3000")).expect(200);
        for (String refused : List.of(
                "CREATE TABLE mine (id int)",
                "CREATE TEMPORARY TABLE mine (id int)",
                "ALTER TABLE birds ADD COLUMN mine int",
                "DROP TABLE birds",
                "CREATE INDEX mine ON birds (name)",
                "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "SET ROLE <objects>")) {
            assertThat(sqlState(run(editor, his(refused)).expect(400)))
                    .as(refused)
                    .isEqualTo("42501");
        }
    }

    private static Api.Answer run(Api member, Way way) {
        String database = tenant.databaseName();
        String sql = way.sql()
                .replace("<owner>", database + "_owner")
                .replace("<writer>", database + "_writer")
                .replace("<objects>", database + "_objects")
                .replace("<database>", database);
        return member.post(
                tenant.path() + "/query",
                Json.createObjectBuilder().add("sql", sql).build());
    }

    private static String sqlState(Api.Answer answer) {
        return answer.json().getJsonObject("details").getString("sqlState");
    }

    /** All that there is: tables with their rows, sequences, functions, privileges. */
    private static String content() throws SQLException {
        try (Connection owner = tenant.connect()) {
            return TestTenant.first(owner, "SELECT md5(string_agg(b::text, ',' ORDER BY id)) FROM birds b") + " "
                    + TestTenant.first(
                            owner,
                            "SELECT md5(string_agg(c.relname::text || c.relkind::text || coalesce(c.relacl::text, '')"
                                    + " || coalesce(obj_description(c.oid), ''), ',' ORDER BY c.oid)) FROM pg_class c"
                                    + " WHERE relnamespace = 'public'::regnamespace")
                    + " " + TestTenant.first(owner, "SELECT last_value || ' ' || is_called FROM eggs") + " "
                    + TestTenant.first(
                            owner, "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
                    + " " + TestTenant.first(owner, "SELECT count(*) FROM pg_namespace");
        }
    }
}
