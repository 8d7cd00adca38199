package io.vpnenterprise.systemtests;

import static io.vpnenterprise.systemtests.CatalogueIT.encoded;
import static io.vpnenterprise.systemtests.CatalogueIT.objects;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rows of a tenant's tables over HTTP. */
class DataApiIT {

    private static Product product;
    private static TestTenant tenant;

    @BeforeAll
    static void start() throws SQLException {
        product = Product.startWithTenants(Map.of());
        tenant = TestTenant.create(product, product.member(), "Aviary");
        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, """
                    CREATE TABLE birds (id int PRIMARY KEY, name text, code varchar(3), weight numeric(30, 10), seen timestamptz,
                        tags text[], more jsonb);
                    INSERT INTO birds SELECT i, 'bird ' || i, 'b' || i % 10, i / 3.0, NULL, ARRAY['a', 'b'], '{"i": 1}'
                        FROM generate_series(1, 120) i;
                    INSERT INTO birds VALUES (200, '100%_sure', 'x', 12345678901234567890.5, '2026-01-02 03:04:05+00', NULL, NULL)""");
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
        assertThat(ids("code", "eq", "b1-and-more")).isEmpty();
    }

    @Test
    void searchesTextWithoutPatterns() {
        assertThat(objects(data("?search=" + encoded("%_SURE")), "data")).hasSize(1);
        assertThat(objects(data("?search=%25"), "data")).hasSize(1);
    }

    private static List<Integer> ids(String column, String operator, String value) {
        String filter = "?limit=200&sort=id&" + encoded("filter[0][column]") + "=" + encoded(column) + "&"
                + encoded("filter[0][operator]") + "=" + operator
                + (value == null ? "" : "&" + encoded("filter[0][value]") + "=" + encoded(value));
        return objects(data(filter), "data").stream()
                .map(row -> row.getInt("id"))
                .toList();
    }

    private static JsonObject data(String query) {
        return tenant.owner()
                .get(tenant.path() + "/tables/public.birds/data" + query)
                .expect(200)
                .data();
    }
}
