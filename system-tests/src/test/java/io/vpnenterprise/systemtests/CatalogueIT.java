package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

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
