package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is in a tenant's database, as its members see it, and changes of it that are shown first. */
class CatalogueIT {

    private static Product product;
    private static TestTenant tenant;

    @BeforeAll
    static void start() throws SQLException {
        product = Product.startWithTenants(Map.of());
        tenant = TestTenant.create(product, product.member(), "Library");
        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, """
                    CREATE SCHEMA archive;
                    CREATE TABLE birds (
                        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                        name varchar(40) NOT NULL DEFAULT 'crow',
                        weight numeric(6, 2) CHECK (weight > 0),
                        heavy boolean GENERATED ALWAYS AS (weight > 10) STORED,
                        tags text[]);
                    COMMENT ON TABLE birds IS 'of today';
                    CREATE TABLE archive.birds (year int, nest int, note text, PRIMARY KEY (nest, year));
                    COMMENT ON TABLE archive.birds IS 'of yesterday';
                    CREATE TABLE archive.eggs (egg_nest int, egg_year int, bird int UNIQUE REFERENCES public.birds ON DELETE CASCADE,
                        FOREIGN KEY (egg_year, egg_nest) REFERENCES archive.birds (year, nest));
                    CREATE UNIQUE INDEX birds_heavy ON birds (lower(name), weight) INCLUDE (tags) WHERE weight > 10;
                    CREATE VIEW heavy_birds AS SELECT * FROM birds WHERE heavy;
                    CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
                    CREATE TRIGGER stamped BEFORE INSERT OR UPDATE ON birds FOR EACH ROW EXECUTE FUNCTION stamp();
                    ALTER TABLE birds ENABLE ROW LEVEL SECURITY;
                    CREATE POLICY light ON birds FOR SELECT USING (NOT heavy)""");
        }
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void keepsTablesOfOneNameInTwoSchemasApart() {
        List<JsonObject> here = objects(get("/schemas/public/tables"), "tables");
        List<JsonObject> there = objects(get("/schemas/archive/tables"), "tables");

        assertThat(here)
                .extracting(table -> table.getString("name") + ": " + table.getString("comment", "none"))
                .containsExactly("birds: of today", "heavy_birds: none");
        assertThat(there)
                .extracting(table -> table.getString("name") + ": " + table.getString("comment", "none"))
                .containsExactly("birds: of yesterday", "eggs: none");
        assertThat(here.get(0).getBoolean("rowLevelSecurity")).isTrue();
        assertThat(here.get(1).getString("type")).isEqualTo("view");
        assertThat(objects(get("/tables/public.birds/columns"), "columns"))
                .extracting(column -> column.getString("name"))
                .containsExactly("id", "name", "weight", "heavy", "tags");
        assertThat(objects(get("/tables/archive.birds/columns"), "columns"))
                .extracting(column -> column.getString("name") + " " + column.getInt("primaryKeyPosition", 0))
                .containsExactly("year 2", "nest 1", "note 0");
    }

    @Test
    void tellsOfColumnsWhatPostgresqlKnows() {
        List<JsonObject> columns = objects(get("/tables/birds/columns"), "columns");

        assertThat(columns.get(0).getString("identity")).isEqualTo("always");
        assertThat(columns.get(1).getString("type")).isEqualTo("character varying(40)");
        assertThat(columns.get(1).getInt("maxLength")).isEqualTo(40);
        assertThat(columns.get(1).getString("defaultValue")).isEqualTo("'crow'::character varying");
        assertThat(columns.get(2).getInt("precision")).isEqualTo(6);
        assertThat(columns.get(3).getBoolean("generated")).isTrue();
        assertThat(columns.get(4).getString("type")).isEqualTo("text[]");
        assertThat(objects(get("/tables/archive.eggs/columns"), "columns")
                        .get(1)
                        .getJsonObject("foreignKey")
                        .getString("column"))
                .isEqualTo("year");
    }

    @Test
    void pairsTheColumnsOfACompositeKey() {
        List<JsonObject> keys = objects(get("/schemas/archive/relationships"), "relationships");

        assertThat(keys).hasSize(2);
        JsonObject single = keys.get(0);
        JsonObject composite = keys.get(1);
        assertThat(composite.getJsonArray("columns").toString())
                .isEqualTo("[{\"from\":\"egg_year\",\"to\":\"year\"},{\"from\":\"egg_nest\",\"to\":\"nest\"}]");
        assertThat(composite.getString("type")).isEqualTo("one-to-many");
        assertThat(single.getString("type")).isEqualTo("one-to-one");
        assertThat(single.getString("onDelete")).isEqualTo("cascade");
        assertThat(objects(get("/schemas/public/relationships"), "relationships"))
                .hasSize(1);
    }

    @Test
    void tellsOfATableAllThatBelongsToIt() {
        JsonObject structure = get("/tables/public.birds/structure");

        JsonObject index = objects(structure, "indexes").get(0);
        assertThat(texts(index, "columns")).containsExactly("lower(name::text)", "weight");
        assertThat(texts(index, "included")).containsExactly("tags");
        assertThat(index.getBoolean("unique")).isTrue();
        assertThat(index.getString("type")).isEqualTo("btree");
        assertThat(index.getString("predicate")).contains("weight > ");
        assertThat(objects(structure, "triggers").get(0).getString("timing")).isEqualTo("before");
        assertThat(texts(objects(structure, "triggers").get(0), "events")).containsExactly("insert", "update");
        assertThat(objects(structure, "policies").get(0).getString("using")).isEqualTo("(NOT heavy)");
        assertThat(texts(objects(structure, "policies").get(0), "roles")).containsExactly("public");
        assertThat(objects(structure, "keys"))
                .extracting(key -> key.getString("kind"))
                .contains("primary key", "check");
        assertThat(objects(get("/schemas/public/functions"), "functions").get(0).getString("name"))
                .isEqualTo("stamp");
    }

    @Test
    void tellsOfTheDatabaseAsAWhole() {
        assertThat(objects(get("/schemas"), "schemas"))
                .extracting(schema -> schema.getString("name"))
                .contains("archive", "public")
                .noneMatch(name -> name.startsWith("pg_") || name.equals("information_schema"));
        assertThat(objects(get("/catalogue/roles"), "roles"))
                .extracting(role -> role.getString("name"))
                .contains(tenant.databaseName() + "_reader")
                .allMatch(name -> name.startsWith(tenant.databaseName()));
        assertThat(objects(get("/catalogue/extensions"), "extensions"))
                .anyMatch(extension ->
                        extension.getString("name").equals("plpgsql") && extension.containsKey("installedVersion"));
        assertThat(get("/catalogue/sizes").getJsonNumber("databaseBytes").longValue())
                .isGreaterThan(1_000_000);
    }

    @Test
    void doesNotFindWhatIsNotThere() {
        assertThat(answer("/schemas/nothing/tables").expect(404).code()).isEqualTo("SCHEMA_NOT_FOUND");
        assertThat(answer("/schemas/pg_catalog/tables").expect(404).code()).isEqualTo("SCHEMA_NOT_FOUND");
        assertThat(answer("/tables/archive.nothing/columns").expect(404).code()).isEqualTo("TABLE_NOT_FOUND");
        assertThat(answer("/tables/pg_catalog.pg_class/columns").expect(404).code())
                .isEqualTo("TABLE_NOT_FOUND");
        assertThat(answer("/tables/public.eggs/structure").expect(404).code()).isEqualTo("TABLE_NOT_FOUND");
    }

    @Test
    void showsTheStatementsThatItThenRuns() {
        String table = """
                {"name": "rings", "comment": "it's on a leg", "rowLevelSecurity": true, "columns": [
                    {"name": "id", "type": "bigint", "identity": "always", "primaryKey": true},
                    {"name": "code", "type": "character varying(20)", "nullable": false, "unique": true, "comment": "engraved"},
                    {"name": "bird", "type": "int", "references": {"table": "birds", "column": "id", "onDelete": "set null"}},
                    {"name": "made", "type": "timestamp with time zone", "nullable": false, "defaultFunction": "now"},
                    {"name": "note", "type": "text", "defaultValue": "it's \\\\ fine"},
                    {"name": "size", "type": "numeric(4,1)", "defaultExpression": "1 + 2"},
                    {"name": "tags", "type": "text[]"}],
                 "checks": ["size > 0"]}""";
        assertThat(send("POST", "/schemas/public/tables?dryRun=yes", table)
                        .expect(400)
                        .code())
                .isEqualTo("INVALID_PARAMETER");
        JsonObject shown = send("POST", "/schemas/public/tables?dryRun=true", table)
                .expect(200)
                .data();
        assertThat(shown.getBoolean("applied")).isFalse();
        assertThat(answer("/tables/rings/columns").status()).isEqualTo(404);

        JsonObject done =
                send("POST", "/schemas/public/tables", table).expect(201).data();

        assertThat(done.getBoolean("applied")).isTrue();
        assertThat(texts(done, "sql")).isEqualTo(texts(shown, "sql"));
        List<JsonObject> columns = objects(get("/tables/rings/columns"), "columns");
        assertThat(columns.get(1).getBoolean("unique")).isTrue();
        assertThat(columns.get(1).getString("comment")).isEqualTo("engraved");
        assertThat(columns.get(2).getJsonObject("foreignKey").getString("table"))
                .isEqualTo("birds");
        assertThat(columns.get(3).getString("defaultValue")).isEqualTo("now()");
        assertThat(columns.get(4).getString("defaultValue")).contains("it''s \\ fine");
        assertThat(get("/tables/rings/structure").getJsonObject("table").getString("comment"))
                .isEqualTo("it's on a leg");
        tenant.owner().awaitAudit("tenant-structure.changed");

        String changes = """
                {"changes": [
                    {"action": "add_column", "column": {"name": "colour", "type": "varchar(9)", "defaultValue": "red", "nullable": false}},
                    {"action": "modify_column", "newName": "text", "column": {"name": "note", "type": "varchar(99)", "nullable": false}},
                    {"action": "drop_column", "name": "tags"},
                    {"action": "add_index", "index": {"name": "rings_made", "columns": ["made"], "include": ["code"], "predicate": "size > 2"}},
                    {"action": "add_policy", "policy": {"name": "theirs", "command": "select", "roles": ["reader"], "using": "code <> ';'"}},
                    {"action": "force_row_level_security"}]}""";
        JsonObject before = get("/tables/rings/structure");
        shown = send("PUT", "/tables/rings/structure?dryRun=true", changes)
                .expect(200)
                .data();
        assertThat(get("/tables/rings/structure")).isEqualTo(before);
        done = send("PUT", "/tables/rings/structure", changes).expect(200).data();
        assertThat(texts(done, "sql")).isEqualTo(texts(shown, "sql")).hasSize(8);
        JsonObject after = get("/tables/rings/structure");
        assertThat(objects(after, "columns"))
                .extracting(column -> column.getString("name"))
                .containsExactly("id", "code", "bird", "made", "text", "size", "colour");
        assertThat(texts(objects(after, "policies").get(0), "roles")).containsExactly(tenant.databaseName() + "_read");
        assertThat(after.getJsonObject("table").getBoolean("rowLevelSecurityForced"))
                .isTrue();

        // One that fails undoes those before it.
        String half = """
                {"changes": [{"action": "drop_index", "name": "rings_made"}, {"action": "drop_column", "name": "nothing"}]}""";
        assertThat(send("PUT", "/tables/rings/structure", half).expect(400).code())
                .isEqualTo("COLUMN_NOT_FOUND");
        assertThat(get("/tables/rings/structure")).isEqualTo(after);

        assertThat(send("POST", "/schemas/public/tables", table).expect(409).code())
                .isEqualTo("ALREADY_IN_DATABASE");
        send("DELETE", "/tables/rings?dryRun=true", null).expect(200);
        send("DELETE", "/tables/rings", null).expect(200);
        assertThat(send("DELETE", "/tables/rings", null).expect(404).code()).isEqualTo("TABLE_NOT_FOUND");
    }

    @Test
    void letsOnlyThoseChangeTablesWhomPostgresqlLets() throws SQLException {
        for (String role : List.of("VIEWER", "EDITOR")) {
            Api member = tenant.join(role);
            for (String call : List.of(
                    "POST /schemas {\"name\":\"mine\"}",
                    "POST /schemas/public/tables {\"name\":\"mine\",\"columns\":[]}",
                    "PUT /tables/birds/structure {\"changes\":[{\"action\":\"disable_row_level_security\"}]}",
                    "DELETE /tables/birds?cascade=true",
                    "DELETE /schemas/archive?cascade=true")) {
                String[] parts = call.split(" ");
                Api.Answer answer = member.send(parts[0], tenant.path() + parts[1], parts.length > 2 ? parts[2] : null);
                assertThat(answer.status() + " " + answer.code())
                        .as(role + " " + call)
                        .isEqualTo("403 DATABASE_PERMISSION_DENIED");
            }
        }
        Api admin = tenant.join("ADMIN");
        admin.send("POST", tenant.path() + "/schemas", "{\"name\":\"mine\",\"comment\":\"of an admin\"}")
                .expect(201);
        admin.send("DELETE", tenant.path() + "/schemas/mine", null).expect(200);
        assertThat(send("DELETE", "/schemas/archive", null).expect(409).code()).isEqualTo("STILL_NEEDED");
    }

    /** Names that would end the quotes, the statement or the text around them, and are names. */
    static List<String> hostileNames() {
        return List.of(
                "\"",
                "\"\"; DROP TABLE birds; --",
                "'",
                "a\";DROP TABLE birds;--",
                "x' OR '1'='1",
                "$1",
                "?",
                "{fn now()}",
                ":name",
                "100%_",
                "r",
                "x",
                "select",
                "A b.c",
                "ünï→😀",
                "line\nbreak",
                "n".repeat(63),
                "é".repeat(31) + "x");
    }

    @Test
    void takesAnyNameForANameAndNothingElse() throws SQLException {
        String before = fingerprint();
        for (String name : hostileNames()) {
            String json = Json.createValue(name).toString();
            String path = "/tables/" + encoded("public.\"" + name.replace("\"", "\"\"") + "\"");
            send(
                            "POST",
                            "/schemas/public/tables",
                            "{\"name\":%1$s,\"comment\":%1$s,\"columns\":[{\"name\":%1$s,\"type\":\"text\",\"primaryKey\":true,\"defaultValue\":%1$s,\"comment\":%1$s}]}"
                                    .formatted(json))
                    .expect(201);
            assertThat(objects(get(path + "/columns"), "columns").get(0).getString("name"))
                    .isEqualTo(name);
            assertThat(get(path + "/structure").getJsonObject("table").getString("comment"))
                    .isEqualTo(name);
            send("POST", path + "/data", "{}").expect(201);
            send("PUT", path + "/data", "{\"where\":{%1$s:%1$s},\"data\":{%1$s:\"other\"}}".formatted(json))
                    .expect(200);
            send("POST", path + "/data", "{%1$s:%1$s}".formatted(json)).expect(201);
            String filter = "?sort=" + encoded(name) + "&search=" + encoded(name) + "&"
                    + encoded("filter[0][column]") + "=" + encoded(name) + "&" + encoded("filter[0][operator]") + "=eq&"
                    + encoded("filter[0][value]") + "=" + encoded(name);
            assertThat(objects(get(path + "/data" + filter), "data"))
                    .as(name)
                    .singleElement()
                    .satisfies(row -> assertThat(row.getString(name)).isEqualTo(name));
            assertThat(answer(path + "/export?formulaGuard=false").expect(200).text())
                    .startsWith("\"" + name.replace("\"", "\"\"") + "\"\r\n");
            assertThat(answer(path + "/export?format=jsonl").expect(200).text()).contains(json);
            send("POST", path + "/bulk", "{\"operation\":\"delete\",\"rows\":[{%1$s:%1$s}]}".formatted(json))
                    .expect(200);
            send("DELETE", path, null).expect(200);
        }
        assertThat(fingerprint()).isEqualTo(before);
    }

    @Test
    void refusesWhatIsMoreThanANameATypeOrAnExpression() throws SQLException {
        String before = fingerprint();
        for (String name : List.of("", "n".repeat(64), "é".repeat(32), "\\u0000")) {
            assertThat(send("POST", "/schemas", "{\"name\":\"" + name + "\"}")
                            .expect(400)
                            .code())
                    .as(name)
                    .isEqualTo("INVALID_IDENTIFIER");
        }
        for (String type : List.of(
                "int; DROP TABLE birds",
                "int DEFAULT 1",
                "text)",
                "text, b int",
                "text) ; --",
                "\\\"a",
                "a.b.c",
                "int--",
                "text COLLATE \\\"C\\\"",
                "numeric(1,(2))")) {
            assertThat(column("\"type\":\"" + type + "\"").expect(400).code())
                    .as(type)
                    .isEqualTo("INVALID_COLUMN_TYPE");
        }
        for (String expression : List.of(
                "1); DROP TABLE birds; --",
                "1) CHECK (true",
                "(1",
                "')",
                "'a\\\\'); DROP TABLE birds; --'",
                "e'\\\\'",
                "$$a$$",
                "1 -- 2",
                "1 /* 2",
                "1;",
                " ")) {
            assertThat(column("\"type\":\"int\",\"defaultExpression\":\"" + expression + "\"")
                            .expect(400)
                            .code())
                    .as(expression)
                    .isEqualTo("INVALID_EXPRESSION");
        }
        assertThat(column("\"type\":\"int\",\"defaultFunction\":\"pg_sleep(100)\"")
                        .expect(400)
                        .code())
                .isEqualTo("INVALID_COLUMN_DEFAULT");
        assertThat(column("\"type\":\"nothing_like_it\"").expect(400).code()).isEqualTo("STATEMENT_REFUSED");
        for (String hostile : hostileNames()) {
            for (String query : List.of(
                    "sort=", "order=", encoded("filter[0][operator]") + "=eq&" + encoded("filter[0][column]") + "=")) {
                assertThat(answer("/tables/birds/data?" + query + encoded(hostile))
                                .status())
                        .as(query + hostile)
                        .isEqualTo(400);
            }
            assertThat(answer("/tables/" + encoded(hostile) + "/data").status())
                    .as(hostile)
                    .isIn(400, 404);
            assertThat(answer("/schemas/" + encoded(hostile) + "/tables").status())
                    .as(hostile)
                    .isEqualTo(404);
            assertThat(answer("/tables/birds/data?search=" + encoded(hostile))
                            .expect(200)
                            .data()
                            .getInt("total"))
                    .isZero();
            assertThat(answer("/tables/birds/data?filter="
                                    + encoded("[{\"column\":\"name\",\"operator\":\"in\",\"value\":["
                                            + Json.createValue(hostile) + "]}]"))
                            .expect(200)
                            .data()
                            .getInt("total"))
                    .isZero();
            assertThat(answer("/tables/birds/data?" + encoded("filter[0][column]") + "=id&"
                                    + encoded("filter[0][operator]") + "=eq&" + encoded("filter[0][value]") + "="
                                    + encoded(hostile))
                            .expect(400)
                            .code())
                    .isEqualTo("INVALID_VALUE");
        }
        assertThat(fingerprint()).isEqualTo(before);
    }

    private static Api.Answer column(String rest) {
        return send(
                "PUT",
                "/tables/birds/structure",
                "{\"changes\":[{\"action\":\"add_column\",\"column\":{\"name\":\"a\"," + rest + "}}]}");
    }

    /** All that there is in the database, and how much. */
    private static String fingerprint() throws SQLException {
        try (Connection owner = tenant.connect()) {
            return TestTenant.first(owner, """
                    SELECT (SELECT string_agg(c.relname || a.attname || format_type(a.atttypid, a.atttypmod), ',' ORDER BY c.oid, a.attnum)
                            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
                            WHERE c.relnamespace IN ('public'::regnamespace, 'archive'::regnamespace))
                        || (SELECT count(*) FROM birds) || (SELECT count(*) FROM pg_namespace WHERE nspname !~ '^pg_')""");
        }
    }

    private static Api.Answer send(String method, String path, String body) {
        return tenant.owner().send(method, tenant.path() + path, body);
    }

    private static JsonObject get(String path) {
        return answer(path).expect(200).data();
    }

    private static Api.Answer answer(String path) {
        return tenant.owner().get(tenant.path() + path);
    }

    static List<JsonObject> objects(JsonObject data, String list) {
        return data.getJsonArray(list).getValuesAs(JsonObject.class);
    }

    static List<String> texts(JsonObject data, String list) {
        return data.getJsonArray(list).getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .toList();
    }

    static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
