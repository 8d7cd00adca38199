package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A database that is full: nothing but removing works, no SQL helps, and when there is room all works again by itself. */
class QuotaIT {

    private static final long LIMIT = 16_777_216;
    private static final int WRITERS = 4;
    private static final String DISK_FULL = "53100";

    private static Product product;

    @BeforeAll
    static void start() {
        product = Product.startWithTenants(Map.of());
        product.admin()
                .send(
                        "PUT",
                        "/api/hosting/plans/free",
                        "{\"maxStorageBytes\":%d,\"statementSeconds\":600}".formatted(LIMIT))
                .expect(200);
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    /** What an owner might make while he can, to write when he must not. */
    private static final List<String> MADE_BEFORE = List.of(
            "CREATE TABLE items (id bigserial PRIMARY KEY, body text NOT NULL)",
            "CREATE TABLE notes (id int PRIMARY KEY, body text)",
            "INSERT INTO notes SELECT i, 'note' FROM generate_series(1, 100) i",
            "CREATE VIEW items_view AS SELECT * FROM items",
            "CREATE VIEW ruled AS SELECT 1 AS x",
            "CREATE RULE r AS ON INSERT TO ruled DO INSTEAD INSERT INTO items (body) VALUES ('ruled')",
            "CREATE SCHEMA other",
            "CREATE TABLE other.parted (id int, body text) PARTITION BY RANGE (id)",
            "CREATE TABLE other.part PARTITION OF other.parted FOR VALUES FROM (0) TO (1000000)",
            "CREATE TABLE doomed (id int, body text)",
            "CREATE TABLE kept_open (id int)",
            "CREATE MATERIALIZED VIEW mat AS SELECT * FROM items",
            "CREATE FUNCTION definer() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$INSERT INTO items (body) VALUES ('x')$$",
            "CREATE FUNCTION definer_table() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN CREATE TABLE sneaky AS SELECT 1; END$$",
            "CREATE FUNCTION definer_reindex() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN REINDEX TABLE items; END$$",
            "CREATE FUNCTION definer_untrigger() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN ALTER TABLE items DISABLE TRIGGER ALL; END$$",
            "CREATE FUNCTION definer_grant() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN GRANT ALL ON items TO PUBLIC; END$$",
            "CREATE FUNCTION on_removed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$BEGIN INSERT INTO items (body) VALUES ('t'); RETURN OLD; END$$",
            "CREATE TABLE logged AS SELECT 1 AS id",
            "CREATE TRIGGER t BEFORE DELETE ON logged FOR EACH ROW EXECUTE FUNCTION on_removed()",
            "ALTER TABLE notes ENABLE ROW LEVEL SECURITY",
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC",
            "GRANT UPDATE (body) ON items TO PUBLIC",
            "GRANT ALL ON SCHEMA public, other TO PUBLIC",
            "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC",
            "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC",
            "CREATE EXTENSION citext");

    /** Each may also be tried in one session with those before it: they are separate statements of it. */
    private static final List<String> BYPASSES = List.of(
            "INSERT INTO items (body) VALUES ('x')",
            "UPDATE items SET body = body || 'x'",
            "COPY items (body) FROM PROGRAM 'yes'",
            "SET default_transaction_read_only = off; INSERT INTO items (body) VALUES ('x')",
            "SET ROLE NONE; INSERT INTO items (body) VALUES ('x')",
            "SET ROLE <db>_objects; INSERT INTO items (body) VALUES ('x')",
            "SET ROLE <db>_kept",
            "SET ROLE <db>_write; INSERT INTO items (body) VALUES ('x')",
            "RESET ROLE; CREATE TABLE more (x int)",
            "SET session_replication_role = replica",
            "SET ROLE NONE; GRANT <db>_objects TO <db>_owner",
            "SET ROLE NONE; GRANT <db>_write TO <db>_owner; INSERT INTO items (body) VALUES ('x')",
            "SET ROLE NONE; GRANT <db>_owner TO <db>_writer; INSERT INTO items (body) VALUES ('x')",
            "GRANT ALL ON items TO PUBLIC; INSERT INTO items (body) VALUES ('x')",
            "GRANT INSERT ON items TO <db>_owner",
            "CREATE TABLE more (x int)",
            "CREATE TABLE more AS SELECT * FROM items",
            "SELECT * INTO more FROM items",
            "CREATE TEMP TABLE more AS SELECT * FROM items",
            "CREATE TABLE other.more (x int)",
            "CREATE SCHEMA more",
            "CREATE INDEX ON items (body)",
            "CREATE MATERIALIZED VIEW more AS SELECT * FROM items",
            "REFRESH MATERIALIZED VIEW mat",
            "CREATE EXTENSION hstore",
            "INSERT INTO items_view (body) VALUES ('x')",
            "INSERT INTO ruled VALUES (1)",
            "INSERT INTO other.parted VALUES (1, 'x')",
            "INSERT INTO other.part VALUES (1, 'x')",
            "INSERT INTO items (body) VALUES ('x') ON CONFLICT DO NOTHING",
            "INSERT INTO notes VALUES (2, 'x') ON CONFLICT (id) DO UPDATE SET body = repeat('x', 1000)",
            "WITH w AS (INSERT INTO items (body) VALUES ('x') RETURNING *) SELECT * FROM w",
            "SELECT definer()",
            "SELECT definer_table()",
            "SELECT definer_reindex()",
            "SELECT definer_untrigger(); INSERT INTO items (body) VALUES ('x')",
            "SELECT definer_grant()",
            "DELETE FROM logged",
            "ALTER TABLE items DISABLE TRIGGER ALL",
            "DROP TRIGGER \"vpn: over limit\" ON items",
            "ALTER TABLE items OWNER TO <db>_owner",
            "ALTER TABLE items ADD COLUMN more text DEFAULT 'x'",
            "ALTER EVENT TRIGGER vpn_over_limit DISABLE",
            "DROP EVENT TRIGGER vpn_over_limit",
            "CREATE OR REPLACE FUNCTION vpn.refuse_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "DROP FUNCTION vpn.refuse_row() CASCADE",
            "DROP SCHEMA vpn CASCADE",
            "SELECT vpn.drop('pg_class')",
            "SELECT vpn.drop('vpn.compacted')",
            "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC",
            "CREATE RULE r2 AS ON DELETE TO doomed DO INSTEAD INSERT INTO items (body) VALUES ('x')",
            "REINDEX TABLE items",
            "CLUSTER items USING items_pkey",
            "SELECT lo_create(0)",
            "SELECT lo_from_bytea(0, 'x')",
            "SELECT setval('items_id_seq', 1); INSERT INTO items (body) VALUES ('x')",
            "ALTER DATABASE <db> OWNER TO <db>_owner",
            // Last, since it does change as what he signs in, for a moment.
            "SET ROLE NONE; ALTER ROLE <db>_owner SET role = <db>_objects; SET ROLE <db>_objects");

    @Test
    void removesAloneWhileFullAndWritesAgainAfterwards() throws Exception {
        TestTenant tenant = TestTenant.create(product, product.member(), "Full");
        try (Connection owner = tenant.connect()) {
            for (String statement : MADE_BEFORE) {
                TestTenant.run(owner, statement);
            }
        }
        List<String> before = objects(tenant);
        Connection prepared = tenant.connect();
        TestTenant.run(prepared, "PREPARE later AS INSERT INTO items (body) VALUES ('prepared')");

        int refused = fill(tenant);

        long size = size(tenant);
        System.out.printf(
                "QuotaIT: limit %d, size %d, overshoot %.1f MiB by %d writers, refused %d%n",
                LIMIT, size, (size - LIMIT) / 1_048_576.0, WRITERS, refused);
        assertThat(size).isGreaterThan(LIMIT);
        assertRefused(() -> TestTenant.run(prepared, "EXECUTE later"), "a prepared statement");
        List<String> whatHelped = new ArrayList<>();
        for (String login : List.of("owner", "writer", "reader")) {
            for (String bypass : BYPASSES) {
                if (helps(tenant, login, bypass)) {
                    whatHelped.add(login + ": " + bypass);
                }
            }
        }
        assertThat(whatHelped).isEmpty();
        assertThat(size(tenant)).isLessThan(size + 1_048_576);
        await("the owner signs in as he should").atMost(Duration.ofSeconds(20)).until(() -> worksAs(tenant)
                .endsWith("_relief"));

        try (Connection owner = tenant.connectAs("owner");
                Connection writer = tenant.connectAs("writer");
                Connection reader = tenant.connectAs("reader")) {
            long rows = Long.parseLong(TestTenant.first(owner, "SELECT count(*) FROM items"));
            assertThat(TestTenant.first(reader, "SELECT count(*) FROM items")).isEqualTo(String.valueOf(rows));
            assertThat(TestTenant.first(reader, "SELECT count(*) FROM items_view"))
                    .isEqualTo(String.valueOf(rows));
            assertThat(TestTenant.first(owner, "SELECT count(*) FROM notes")).isEqualTo("100");
            TestTenant.run(owner, "DELETE FROM notes WHERE id BETWEEN 90 AND 95");
            TestTenant.run(owner, "TRUNCATE other.parted");
            TestTenant.run(owner, "SELECT vpn.drop('doomed')");
            assertThat(TestTenant.first(owner, "SELECT to_regclass('doomed')::text"))
                    .isNull();
            TestTenant.run(writer, "DELETE FROM items WHERE id % 16 <> 0");
        }
        Instant freed = Instant.now();
        await("service is back")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> writes(tenant));
        System.out.printf(
                "QuotaIT: writes again %d ms after the rows were removed%n",
                Duration.between(freed, Instant.now()).toMillis());

        before.removeIf(object -> object.contains("doomed"));
        assertThat(objects(tenant)).containsExactlyInAnyOrderElementsOf(before);
        try (Connection owner = tenant.connectAs("owner")) {
            TestTenant.run(owner, "CREATE TABLE again (x int); INSERT INTO again VALUES (1); DROP TABLE again");
        }
    }

    /** Whether a statement is done that must not be. */
    private static boolean helps(TestTenant tenant, String login, String bypass) throws SQLException {
        try (Connection connection = tenant.connectAs(login)) {
            for (String statement :
                    bypass.replace("<db>", tenant.databaseName()).split("; ")) {
                try {
                    TestTenant.run(connection, statement);
                } catch (SQLException e) {
                    // The next one may still do it.
                    if (bypass.endsWith(statement.replace(tenant.databaseName(), "<db>"))) {
                        return false;
                    }
                }
            }
            return true;
        }
    }

    private interface Attempt {
        void run() throws SQLException;
    }

    private static void assertRefused(Attempt attempt, String what) {
        try {
            attempt.run();
        } catch (SQLException e) {
            return;
        }
        throw new AssertionError(what + " works");
    }

    private static String worksAs(TestTenant tenant) throws SQLException {
        try (Connection owner = tenant.connectAs("owner")) {
            return TestTenant.first(owner, "SELECT current_user");
        }
    }

    private static boolean writes(TestTenant tenant) {
        try (Connection writer = tenant.connectAs("writer")) {
            TestTenant.run(writer, "INSERT INTO items (body) VALUES ('again')");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Each writes until he is refused for want of room. */
    private static int fill(TestTenant tenant) throws Exception {
        tenant.connectAs("writer").close();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<Integer>> ends = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                ends.add(writers.submit(() -> writeUntilRefused(tenant)));
            }
            int refused = 0;
            for (Future<Integer> end : ends) {
                refused += end.get();
            }
            return refused;
        } finally {
            writers.shutdownNow();
        }
    }

    private static int writeUntilRefused(TestTenant tenant) {
        Instant limit = Instant.now().plusSeconds(20);
        while (Instant.now().isBefore(limit)) {
            try (Connection writer = tenant.connect()) {
                while (Instant.now().isBefore(limit)) {
                    TestTenant.run(
                            writer,
                            "INSERT INTO items (body) SELECT repeat(md5(i::text), 30) FROM generate_series(1, 200) i");
                }
            } catch (SQLException e) {
                if (DISK_FULL.equals(e.getSQLState())) {
                    return 1;
                }
                // Its session was ended, or nobody may connect for a moment.
            }
        }
        return 0;
    }

    private static long size(TestTenant tenant) throws SQLException {
        try (Connection superuser = product.tenants().connect()) {
            return Long.parseLong(
                    TestTenant.first(superuser, "SELECT pg_database_size('" + tenant.databaseName() + "')"));
        }
    }

    /** Owners, rights, triggers, memberships and settings. */
    private static List<String> objects(TestTenant tenant) throws SQLException {
        List<String> objects = new ArrayList<>();
        try (Connection superuser = tenant.inspect()) {
            for (String query : List.of(
                    """
                    SELECT string_agg(format('%s %s %s', c.oid::regclass, relowner::regrole,
                        (SELECT string_agg(a::text, ' ' ORDER BY a::text)
                         FROM aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))) a)), E'\\n' ORDER BY c.oid)
                    FROM pg_class c WHERE relnamespace IN ('public'::regnamespace, 'other'::regnamespace) AND relkind IN ('r','p','v','m','S')""",
                    "SELECT string_agg(format('%s %s', tgrelid::regclass, tgname), E'\\n' ORDER BY tgrelid, tgname) FROM pg_trigger WHERE NOT tgisinternal",
                    "SELECT string_agg(format('%s %s', nspname, (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM aclexplode(nspacl) a)), E'\\n' ORDER BY nspname) FROM pg_namespace WHERE nspname IN ('public', 'other')",
                    "SELECT string_agg(format('%s %s', evtname, evtenabled), E'\\n' ORDER BY evtname) FROM pg_event_trigger",
                    "SELECT string_agg(format('%s in %s', member::regrole, roleid::regrole), E'\\n' ORDER BY member, roleid) FROM pg_auth_members WHERE roleid::regrole::text LIKE '<db>%' AND member::regrole::text <> '<db>_kept'",
                    "SELECT string_agg(s::text, E'\\n' ORDER BY s::text) FROM pg_db_role_setting s WHERE setrole::regrole::text LIKE '<db>%'",
                    "SELECT string_agg(a::text, E'\\n' ORDER BY a::text) FROM pg_database, aclexplode(datacl) a WHERE datname = '<db>'")) {
                String answer = TestTenant.first(superuser, query.replace("<db>", tenant.databaseName()));
                objects.addAll(List.of(String.valueOf(answer).split("\n")));
            }
        }
        return objects;
    }
}
