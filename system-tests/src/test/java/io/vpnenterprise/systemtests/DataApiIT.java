package io.vpnenterprise.systemtests;

import static io.vpnenterprise.systemtests.CatalogueIT.encoded;
import static io.vpnenterprise.systemtests.CatalogueIT.objects;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rows of a tenant's tables over HTTP. */
class DataApiIT {

    private static final Logger LOG = Logger.getLogger(DataApiIT.class.getName());

    private static Product product;
    private static TestTenant tenant;

    @BeforeAll
    static void start() throws SQLException {
        product = Product.startWithTenants(Map.of());
        tenant = TestTenant.create(product, product.member(), "Aviary");
        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, """
                    CREATE TYPE mood AS ENUM ('calm', '=SUM(A1)');
                    CREATE TABLE owners (name text PRIMARY KEY, more jsonb);
                    CREATE TABLE nests (tree int, branch text, eggs smallint DEFAULT 3 CHECK (eggs < 10), of_owner text REFERENCES owners,
                        mood mood, plan json, made date NOT NULL DEFAULT '2026-01-02', double int GENERATED ALWAYS AS (tree * 2) STORED,
                        PRIMARY KEY (branch, tree));
                    CREATE TABLE notes (note text);
                    CREATE TABLE birds (id int PRIMARY KEY, name text, code varchar(3), weight numeric(30, 10), seen timestamptz,
                        tags text[], more jsonb);
                    INSERT INTO birds SELECT i, 'bird ' || i, 'b' || i % 10, i / 3.0, NULL, ARRAY['a', 'b'], '{"i": 1}'
                        FROM generate_series(1, 120) i;
                    INSERT INTO birds VALUES (200, '100%_sure', 'xyz', 12345678901234567890.5, '2026-01-02 03:04:05+00', NULL, NULL)""");
        }
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void pagesThroughTheRows() {
        JsonObject first = data("?limit=50&sort=id&order=desc");
        JsonObject last = data("?limit=50&page=3&sort=id&order=desc");

        assertThat(objects(first, "data")).hasSize(50);
        assertThat(objects(last, "data")).hasSize(21);
        assertThat(objects(first, "data").get(0).getInt("id")).isEqualTo(200);
        assertThat(objects(first, "data").get(0).toString())
                .contains("12345678901234567890.5")
                .contains("\"tags\":null");
        assertThat(first.getInt("total")).isEqualTo(121);
        assertThat(first.getBoolean("totalIsExact")).isTrue();
        assertThat(first.getJsonObject("pagination").getInt("totalPages")).isEqualTo(3);
        assertThat(first.getJsonObject("pagination").getBoolean("hasNext")).isTrue();
        assertThat(last.getJsonObject("pagination").getBoolean("hasNext")).isFalse();
        assertThat(CatalogueIT.texts(first, "primaryKeys")).containsExactly("id");
    }

    @Test
    void filtersByTheElevenOperators() {
        assertThat(ids("id", "eq", "7")).containsExactly(7);
        assertThat(ids("id", "neq", "7")).hasSize(120);
        assertThat(ids("id", "gt", "119")).containsExactly(120, 200);
        assertThat(ids("id", "gte", "120")).containsExactly(120, 200);
        assertThat(ids("id", "lt", "3")).containsExactly(1, 2);
        assertThat(ids("id", "lte", "2")).containsExactly(1, 2);
        assertThat(ids("name", "like", "bird 1_")).hasSize(10);
        assertThat(ids("name", "ilike", "BIRD 11%")).hasSize(11);
        assertThat(ids("id", "in", "3,5,500")).containsExactly(3, 5);
        assertThat(ids("seen", "is_null", null)).hasSize(120);
        assertThat(ids("seen", "is_not_null", null)).containsExactly(200);
        assertThat(ids("seen", "gt", "2026-01-02 03:04:04Z")).containsExactly(200);
        // A cast to varchar(3) would cut it off, and find it.
        assertThat(ids("code", "eq", "xyz-and-more")).isEmpty();
    }

    @Test
    void searchesTextWithoutPatterns() {
        assertThat(objects(data("?search=" + encoded("%_SURE")), "data")).hasSize(1);
        assertThat(objects(data("?search=%25"), "data")).hasSize(1);
    }

    @Test
    void insertsUpdatesAndDeletesARow() {
        JsonObject made = call(
                        "POST",
                        "nests",
                        "{\"data\":{\"tree\":1,\"branch\":\"low\",\"plan\":{\"a\":[1,2.50]},\"mood\":\"calm\"}}",
                        201)
                .getJsonObject("data");
        assertThat(made.toString())
                .contains("\"eggs\":3", "\"double\":2", "\"made\":\"2026-01-02\"", "\"plan\":{\"a\":[1,2.50]}");

        // A row by itself, as one of the original's clients sends it.
        call("POST", "nests", "{\"tree\":2,\"branch\":\"low\"}", 201);
        JsonObject changed = call(
                        "PUT",
                        "nests",
                        "{\"where\":{\"tree\":1,\"branch\":\"low\"},\"data\":{\"eggs\":null,\"branch\":\"high\"}}",
                        200)
                .getJsonObject("data");
        assertThat(changed.toString()).contains("\"eggs\":null", "\"branch\":\"high\"", "\"tree\":1");
        call(
                "PUT",
                "nests",
                "{\"primaryKeys\":[\"tree\",\"branch\"],\"originalData\":{\"tree\":2,\"branch\":\"low\",\"eggs\":3},\"data\":{\"eggs\":4}}",
                200);
        call("DELETE", "nests", "{\"where\":{\"tree\":1,\"branch\":\"high\"}}", 200);
        call(
                "DELETE",
                "nests",
                "{\"primaryKeys\":[\"tree\",\"branch\"],\"data\":{\"tree\":2,\"branch\":\"low\",\"eggs\":4}}",
                200);

        assertThat(tenant.owner().get(rows("nests")).expect(200).data().getInt("total"))
                .isZero();
        tenant.owner().awaitAudit("tenant-rows.inserted");
        tenant.owner().awaitAudit("tenant-rows.updated");
        tenant.owner().awaitAudit("tenant-rows.deleted");
    }

    @Test
    void saysWhatIsWrongWithARow() {
        call("POST", "nests", "{\"tree\":7,\"branch\":\"top\"}", 201);
        try {
            assertThat(refused("POST", "nests", "{\"tree\":7,\"branch\":\"top\"}", 409))
                    .isEqualTo("CONSTRAINT_VIOLATED  nests_pkey");
            assertThat(refused("POST", "nests", "{\"tree\":8,\"branch\":\"top\",\"eggs\":11}", 409))
                    .isEqualTo("CONSTRAINT_VIOLATED  nests_eggs_check");
            assertThat(refused("POST", "nests", "{\"tree\":8,\"branch\":\"top\",\"of_owner\":\"nobody\"}", 409))
                    .isEqualTo("CONSTRAINT_VIOLATED  nests_of_owner_fkey");
            assertThat(refused("POST", "nests", "{\"tree\":8,\"branch\":\"top\",\"made\":null}", 409))
                    .startsWith("CONSTRAINT_VIOLATED made ");
            assertThat(refused("POST", "nests", "{\"tree\":8,\"branch\":\"top\",\"eggs\":\"many\"}", 400))
                    .startsWith("INVALID_VALUE eggs ");
            assertThat(refused("POST", "nests", "{\"tree\":1e30,\"branch\":\"top\"}", 400))
                    .startsWith("INVALID_VALUE tree ");
            assertThat(refused("POST", "nests", "{\"trees\":1}", 400)).startsWith("COLUMN_NOT_FOUND trees ");
            assertThat(refused("PUT", "nests", "{\"where\":{\"tree\":7},\"data\":{\"eggs\":1}}", 400))
                    .startsWith("KEY_NEEDED ");
            assertThat(refused(
                            "PUT", "nests", "{\"where\":{\"tree\":7,\"branch\":\"none\"},\"data\":{\"eggs\":1}}", 404))
                    .startsWith("ROW_NOT_FOUND ");
            assertThat(refused("DELETE", "nests", "{\"where\":{}}", 400)).startsWith("KEY_NEEDED ");
            assertThat(refused("DELETE", "nests", "{\"where\":{\"tree\":null,\"branch\":null}}", 404))
                    .startsWith("ROW_NOT_FOUND ");
            assertThat(refused("DELETE", "notes", "{\"where\":{}}", 409)).startsWith("NO_PRIMARY_KEY ");
            assertThat(refused("POST", "nests", "{\"tree\":", 400)).startsWith("MALFORMED_JSON ");
            assertThat(refused("POST", "nests", "[".repeat(5_000), 400)).startsWith("MALFORMED_JSON ");
        } finally {
            call("DELETE", "nests", "{\"where\":{\"tree\":7,\"branch\":\"top\"}}", 200);
        }
    }

    @Test
    void changesManyRowsOrNone() {
        String owners = IntStream.range(0, 1_000)
                .mapToObj(i -> "{\"name\":\"owner " + i + "\"}")
                .collect(Collectors.joining(","));
        assertThat(bulk("owners", "insert", owners, 200).data().getInt("affectedRows"))
                .isEqualTo(1_000);
        assertThat(bulk("owners", "insert", owners + ",{}", 400).code()).isEqualTo("TOO_MANY_ROWS");
        assertThat(bulk("owners", "insert", "{\"name\":\"new\"},{\"name\":\"owner 5\"}", 409)
                        .code())
                .isEqualTo("CONSTRAINT_VIOLATED");
        assertThat(bulk(
                                "owners",
                                "update",
                                "{\"where\":{\"name\":\"owner 1\"},\"data\":{\"more\":[1]}},{\"where\":{\"name\":\"none\"},\"data\":{\"more\":2}}",
                                404)
                        .json()
                        .getString("error"))
                .endsWith("row 2");
        assertThat(bulk("owners", "delete", "{\"name\":\"owner 1\"},{}", 400).code())
                .isEqualTo("KEY_NEEDED");
        assertThat(total("owners", "")).isEqualTo(1_000);
        assertThat(total("owners", filter("more", "is_not_null", null))).isZero();

        assertThat(bulk("owners", "delete", owners, 200).data().getInt("affectedRows"))
                .isEqualTo(1_000);
        assertThat(total("owners", "")).isZero();
    }

    @Test
    void letsEachRoleDoWhatPostgresqlLetsIt() throws SQLException {
        Api viewer = tenant.join("VIEWER");
        Api editor = tenant.join("EDITOR");
        viewer.get(rows("birds")).expect(200);
        for (String call : List.of(
                "POST {\"id\":500}",
                "PUT {\"where\":{\"id\":1},\"data\":{\"id\":1}}",
                "DELETE {\"where\":{\"id\":1}}")) {
            Api.Answer answer = viewer.send(call.split(" ")[0], rows("birds"), call.split(" ")[1]);
            assertThat(answer.status() + " " + answer.code()).isEqualTo("403 DATABASE_PERMISSION_DENIED");
        }
        editor.send("PUT", rows("birds"), "{\"where\":{\"id\":1},\"data\":{\"name\":\"bird 1\"}}")
                .expect(200);

        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, "CREATE TABLE secrets (id int PRIMARY KEY, of_whom text)");
            TestTenant.run(owner, "INSERT INTO secrets VALUES (1, 'all'), (2, 'mine')");
            TestTenant.run(owner, "ALTER TABLE secrets ENABLE ROW LEVEL SECURITY");
            TestTenant.run(owner, "CREATE POLICY open ON secrets USING (of_whom = 'all')");
        }
        assertThat(total(viewer, "secrets", "")).isEqualTo(1);
        assertThat(total(tenant.owner(), "secrets", "")).isEqualTo(2);
        assertThat(editor.send("DELETE", rows("secrets"), "{\"where\":{\"id\":2}}")
                        .expect(404)
                        .code())
                .isEqualTo("ROW_NOT_FOUND");
        assertThat(editor.send("POST", rows("secrets"), "{\"id\":3,\"of_whom\":\"mine\"}")
                        .expect(403)
                        .code())
                .isEqualTo("DATABASE_PERMISSION_DENIED");
        assertThat(viewer.get(tenant.path() + "/tables/public.secrets/export")
                        .expect(200)
                        .text())
                .isEqualTo("\"id\",\"of_whom\"\r\n1,all\r\n");
    }

    @Test
    void letsKeysOfTheTenantToItsRowsAlone() throws SQLException {
        JsonObject service = newKey("service");
        JsonObject anon = newKey("anon");
        Api byService = product.anonymous().withHeader("apikey", service.getString("key"));
        Api byAnon = product.anonymous().withToken(anon.getString("key"));
        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, """
                    CREATE TABLE posts (id int PRIMARY KEY, shown boolean);
                    INSERT INTO posts VALUES (1, true), (2, false);
                    ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
                    CREATE POLICY theirs ON posts TO %1$s_write USING (true)""".formatted(tenant.databaseName()));
        }

        byService.send("POST", rows("posts"), "{\"id\":3,\"shown\":false}").expect(201);
        assertThat(total(byService, "posts", "")).isEqualTo(3);
        assertThat(byAnon.get(rows("posts")).expect(403).code()).isEqualTo("DATABASE_PERMISSION_DENIED");

        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, "GRANT SELECT ON posts TO " + tenant.databaseName() + "_anon");
            assertThat(total(byAnon, "posts", "")).isZero();
            TestTenant.run(
                    owner,
                    "CREATE POLICY all_shown ON posts FOR SELECT TO " + tenant.databaseName() + "_anon USING (shown)");
        }
        assertThat(total(byAnon, "posts", "")).isEqualTo(1);
        assertThat(byAnon.get(tenant.path() + "/tables/posts/export")
                        .expect(200)
                        .text())
                .isEqualTo("\"id\",\"shown\"\r\n1,t\r\n");
        assertThat(byAnon.send("POST", rows("posts"), "{\"id\":4}").expect(403).code())
                .isEqualTo("DATABASE_PERMISSION_DENIED");
        assertThat(byAnon.get(rows("birds")).expect(403).code()).isEqualTo("DATABASE_PERMISSION_DENIED");

        // Of another tenant, and for anything but rows.
        TestTenant other = TestTenant.create(product, product.member(), "Neighbour");
        for (Api key : List.of(byService, product.anonymous().withToken(service.getString("key")), byAnon)) {
            assertThat(key.get(other.path() + "/tables/birds/data").expect(404).code())
                    .isEqualTo("TENANT_NOT_FOUND");
        }
        Api bearer = product.anonymous().withToken(service.getString("key"));
        for (String path : List.of("", "/schemas", "/api-keys", "/tables/birds/structure")) {
            assertThat(bearer.get(tenant.path() + path).status()).as(path).isEqualTo(403);
        }
        assertThat(bearer.get("/api/auth/me").status()).isEqualTo(403);

        String id = service.getString("id");
        JsonObject rotated = tenant.owner()
                .post(tenant.path() + "/api-keys/" + id + "/rotate", "")
                .expect(200)
                .data();
        assertThat(byService.get(rows("posts")).expect(401).code()).isEqualTo("INVALID_TOKEN");
        Api byRotated = product.anonymous().withHeader("apikey", rotated.getString("key"));
        byRotated.get(rows("posts")).expect(200);
        tenant.owner().delete(tenant.path() + "/api-keys/" + id).expect(204);
        byRotated.get(rows("posts")).expect(401);
        assertThat(tenant.owner().get(tenant.path() + "/api-keys").expect(200).text())
                .contains(anon.getString("preview"))
                .doesNotContain(anon.getString("key"));
        assertThat(tenant.join("EDITOR")
                        .get(tenant.path() + "/api-keys")
                        .expect(403)
                        .code())
                .isEqualTo("TENANT_ROLE_TOO_LOW");
    }

    private static JsonObject newKey(String kind) {
        return tenant.owner()
                .post(tenant.path() + "/api-keys", "{\"kind\":\"" + kind + "\"}")
                .expect(201)
                .data();
    }

    @Test
    void exportsWhatItImports() throws SQLException {
        String csv = """
                "note"\r
                plain\r
                "with ""quotes"", commas"\r
                "two\nlines"\r
                ""\r
                ünï→\r
                """;
        JsonObject imported = tenant.owner()
                .send("POST", tenant.path() + "/tables/notes/import", "text/csv", BodyPublishers.ofString(csv))
                .expect(200)
                .data();
        assertThat(imported.getInt("importedRows")).isEqualTo(5);
        assertThat(export("notes", "")).isEqualTo(csv);
        assertThat(export("notes", "?format=jsonl").lines()).hasSize(5).contains("{\"note\":\"two\\nlines\"}");

        Api.Answer wrong = tenant.owner()
                .send(
                        "POST",
                        tenant.path() + "/tables/public.owners/import",
                        "text/csv",
                        BodyPublishers.ofString("name,more\na,\nb,\"{]\"\n"));
        assertThat(wrong.expect(400).code()).isEqualTo("IMPORT_REFUSED");
        assertThat(wrong.json().getString("error")).contains("line 3").contains("more");
        assertThat(total("owners", "")).isZero();
    }

    @Test
    void guardsSpreadsheetsFromFormulas() throws SQLException {
        try (Connection owner = tenant.connect()) {
            TestTenant.run(
                    owner, "CREATE TABLE cells (id int, \"=head\" text, mood mood, plan json, made timestamptz)");
            TestTenant.run(
                    owner,
                    "INSERT INTO cells VALUES (-1, '=1+1', '=SUM(A1)', '{\"a\":\n 1}', '2026-01-02 03:04:05+00'), (2, NULL, NULL, NULL, NULL)");
            TestTenant.run(owner, "CREATE TABLE empty (a int, b text)");
        }
        assertThat(export("cells", "").lines())
                .containsExactly(
                        "\"id\",\"'=head\",\"mood\",\"plan\",\"made\"",
                        "-1,'=1+1,'=SUM(A1),\"{\"\"a\"\":",
                        " 1}\",2026-01-02 03:04:05+00",
                        "2,,,,");
        assertThat(export("cells", "?formulaGuard=false"))
                .contains("\r\n-1,=1+1,=SUM(A1),")
                .startsWith("\"id\",\"=head\"");
        assertThat(export("cells", "?format=json"))
                .startsWith("[\n{\"id\":-1,\"=head\":\"=1+1\",\"mood\":\"=SUM(A1)\",\"plan\":{\"a\":  1},")
                .endsWith("},\n{\"id\":2,\"=head\":null,\"mood\":null,\"plan\":null,\"made\":null}\n]\n");
        assertThat(export("empty", "")).isEqualTo("\"a\",\"b\"\r\n");
        assertThat(export("empty", "?format=json")).isEqualTo("[\n]\n");
    }

    /**
     * Rows that are made as they are read, so that they need no room on disk. {@code -Dexport.rows=5000000} is the long form; of
     * the short one, all rows together are twice as large as what the heap may grow by.
     */
    @Test
    void exportsMoreRowsThanItHasMemoryFor() throws SQLException, IOException {
        int rows = Integer.getInteger("export.rows", 200_000);
        int width = rows > 1_000_000 ? 3 : 18;
        Api owner = product.member();
        TestTenant large = TestTenant.create(product, owner, "Large", "enterprise");
        try (Connection connection = large.connect()) {
            TestTenant.run(
                    connection,
                    "CREATE VIEW many AS SELECT i AS id, repeat(md5(i::text), " + width
                            + ") AS text, now() AS made FROM (SELECT generate_series(1, " + rows
                            + ") AS i) AS numbers");
        }
        long before = product.liveHeapBytes();
        long growth = -1;
        long lines = 0;
        long began = System.nanoTime();
        try (InputStream export = large.owner().stream(large.path() + "/tables/many/export")) {
            byte[] buffer = new byte[1 << 16];
            for (int read = export.read(buffer); read >= 0; read = export.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
                if (growth < 0 && lines > rows * 3L / 4) {
                    // Nothing is read meanwhile: what the server holds back is there.
                    growth = Math.max(0, product.liveHeapBytes() - before);
                }
            }
        }
        LOG.info("export of " + rows + " rows took " + (System.nanoTime() - began) / 1_000_000
                + " ms, the live heap grew by " + growth + " bytes");
        assertThat(lines).isEqualTo(rows + 1L);
        assertThat(growth).isBetween(0L, 64L << 20);
    }

    private static String export(String table, String query) {
        return tenant.owner()
                .get(tenant.path() + "/tables/public." + table + "/export" + query)
                .expect(200)
                .text();
    }

    private static Api.Answer bulk(String table, String operation, String rows, int expected) {
        return tenant.owner()
                .post(
                        tenant.path() + "/tables/" + table + "/bulk",
                        "{\"operation\":\"" + operation + "\",\"rows\":[" + rows + "]}")
                .expect(expected);
    }

    private static JsonObject call(String method, String table, String body, int expected) {
        return tenant.owner().send(method, rows(table), body).expect(expected).data();
    }

    /** Code, field and detail. */
    private static String refused(String method, String table, String body, int expected) {
        JsonObject failure =
                tenant.owner().send(method, rows(table), body).expect(expected).json();
        return failure.getString("code") + " " + failure.getString("field", "") + " "
                + failure.getString("error").replaceFirst("^[^:]*: ?", "");
    }

    private static int total(String table, String query) {
        return total(tenant.owner(), table, query);
    }

    private static int total(Api caller, String table, String query) {
        return caller.get(rows(table) + query).expect(200).data().getInt("total");
    }

    private static String rows(String table) {
        return tenant.path() + "/tables/" + table + "/data";
    }

    private static String filter(String column, String operator, String value) {
        return "?limit=200&sort=" + encoded(column) + "&" + encoded("filter[0][column]") + "=" + encoded(column) + "&"
                + encoded("filter[0][operator]") + "=" + operator
                + (value == null ? "" : "&" + encoded("filter[0][value]") + "=" + encoded(value));
    }

    private static List<Integer> ids(String column, String operator, String value) {
        return objects(data(filter(column, operator, value)), "data").stream()
                .map(row -> row.getInt("id"))
                .sorted()
                .toList();
    }

    private static JsonObject data(String query) {
        return tenant.owner()
                .get(tenant.path() + "/tables/public.birds/data" + query)
                .expect(200)
                .data();
    }
}
