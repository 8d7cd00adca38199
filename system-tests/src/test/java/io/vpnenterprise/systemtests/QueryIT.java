package io.vpnenterprise.systemtests;

import static io.vpnenterprise.systemtests.CatalogueIT.objects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Members' SQL over HTTP. */
class QueryIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Of a function that catches a cancel and goes on. */
    private static final String STUBBORN =
            "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$";

    private static Product product;
    private static TestTenant tenant;
    private static Api viewer;

    @BeforeAll
    static void start() throws SQLException {
        product = Product.startWithTenants(Map.of());
        tenant = TestTenant.create(product, product.member(), "Queries");
        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, """
                    CREATE TABLE birds (id int PRIMARY KEY, name text, more jsonb);
                    INSERT INTO birds SELECT i, 'bird ' || i, '{"i": 1}' FROM generate_series(1, 1000) i;
                    CREATE TABLE notes (note text)""");
        }
        viewer = tenant.join("VIEWER");
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void givesAResultForEachStatement() {
        JsonObject answer = run("""
                -- First a comment; with a semicolon
                INSERT INTO notes VALUES ('a;b'), ('c');
                SELECT note FROM notes ORDER BY 1;
                DO $$ BEGIN RAISE NOTICE 'told you'; END $$;
                DELETE FROM notes""");

        List<JsonObject> results = objects(answer, "results");
        assertThat(results).hasSize(4);
        assertThat(results.get(0).getInt("affectedRows")).isEqualTo(2);
        assertThat(results.get(1).getJsonArray("rows")).hasToString("[[\"a;b\"],[\"c\"]]");
        assertThat(results.get(3).getInt("affectedRows")).isEqualTo(2);
        assertThat(answer.getJsonArray("notices").toString()).contains("told you");
        assertThat(run("VACUUM notes").getBoolean("rolledBack")).isFalse();
    }

    @Test
    void givesValuesInDocumentedForms() {
        JsonObject result = objects(
                        run(
                                "SELECT 1::int2, 9007199254740993::int8, 1.10::numeric, 1.5::float8, 'NaN'::float8, true, NULL,"
                                        + " '\\x00ff'::bytea, '2026-01-02'::date, '2026-01-02 03:04:05.6+00'::timestamptz AT TIME ZONE 'UTC',"
                                        + " '{\"a\": [1]}'::jsonb, ARRAY[1,2], E'\\u0007\\'\"'"),
                        "results")
                .get(0);

        assertThat(result.getJsonArray("rows").getJsonArray(0).toString())
                .isEqualTo("[1,\"9007199254740993\",\"1.10\",1.5,\"NaN\",true,null,\"\\\\x00ff\",\"2026-01-02\","
                        + "\"2026-01-02 03:04:05.6\",\"{\\\"a\\\": [1]}\",\"{1,2}\",\"\\u0007'\\\"\"]");
        assertThat(objects(result, "columns").get(8).getString("type")).isEqualTo("date");
    }

    @Test
    void takesParameters() {
        JsonObject asked = Json.createObjectBuilder()
                .add("sql", "SELECT name, $2::text, more ? 'i' FROM birds WHERE id = $1 OR id = $1 + 1 AND '$3' = '$3'")
                .add("parameters", Json.createArrayBuilder().add(7).add("'; DROP TABLE birds; --"))
                .build();

        assertThat(objects(post(asked).expect(200).data(), "results").get(0).getJsonArray("rows"))
                .hasToString(
                        "[[\"bird 7\",\"'; DROP TABLE birds; --\",true],[\"bird 8\",\"'; DROP TABLE birds; --\",true]]");
        assertThat(post(body("SELECT $1").build()).expect(400).code()).isEqualTo("INVALID_QUERY_PARAMETERS");
        assertThat(post(body("SELECT 1; SELECT 2")
                                .add("parameters", Json.createArrayBuilder().add(1))
                                .build())
                        .expect(400)
                        .code())
                .isEqualTo("ONE_STATEMENT_NEEDED");
    }

    @Test
    void saysWhereAndWhatIsWrong() {
        Api.Answer answer =
                post(body("SELECT 1;\nSELECT 'é€',\n  nam FROM birds").build()).expect(400);

        assertThat(answer.code()).isEqualTo("QUERY_FAILED");
        JsonObject details = answer.json().getJsonObject("details");
        assertThat(details.getInt("statement")).isEqualTo(2);
        assertThat(details.getInt("line")).isEqualTo(3);
        assertThat(details.getInt("column")).isEqualTo(3);
        assertThat(details.getString("sqlState")).isEqualTo("42703");
        assertThat(details.getString("hint")).contains("name");
    }

    @Test
    void cutsOffAtRowsAndBytesAndSaysSo() {
        JsonObject rows = objects(
                        post(body("SELECT id FROM birds").add("maxRows", 10).build())
                                .expect(200)
                                .data(),
                        "results")
                .get(0);
        assertThat(rows.getJsonArray("rows")).hasSize(10);
        assertThat(rows.getBoolean("truncated")).isTrue();
        JsonObject all = objects(
                        post(body("SELECT id FROM birds").add("maxRows", 1000).build())
                                .expect(200)
                                .data(),
                        "results")
                .get(0);
        assertThat(all.getBoolean("truncated")).isFalse();

        JsonObject bytes = objects(run("SELECT repeat('x', 100000) FROM birds LIMIT 200"), "results")
                .get(0);
        assertThat(bytes.getBoolean("truncated")).isTrue();
        assertThat(bytes.getJsonArray("rows").size()).isBetween(50, 90);
        // More than our heap shall hold: given up, and the server lives.
        assertThat(post(body("SELECT repeat('x', 1000000) FROM generate_series(1, 500)")
                                .build())
                        .expect(400)
                        .code())
                .isEqualTo("QUERY_FAILED");
        assertThat(run("SELECT 1").getJsonArray("results")).hasSize(1);
        assertThat(post(body("SELECT 1").add("maxRows", 10_001).build())
                        .expect(400)
                        .code())
                .isEqualTo("INVALID_QUERY_LIMIT");
    }

    @Test
    void pagesThroughALargeResult() {
        JsonObject page = post(body("SELECT id FROM birds ORDER BY id")
                        .add("pageSize", 300)
                        .build())
                .expect(200)
                .data();
        String next = tenant.path() + "/queries/" + page.getString("id") + "/next";
        List<String> ids = new ArrayList<>(ids(page));
        assertThat(page.getBoolean("more")).isTrue();
        // Nobody else's, not even an owner's.
        assertThat(tenant.owner().post(next, "").expect(410).code()).isEqualTo("QUERY_PAGES_GONE");

        int pages = 1;
        while (page.getBoolean("more")) {
            page = viewer.post(next, "").expect(200).data();
            ids.addAll(ids(page));
            pages++;
        }

        assertThat(pages).isEqualTo(4);
        assertThat(ids).hasSize(1_000).startsWith("[1]").endsWith("[1000]").doesNotHaveDuplicates();
        assertThat(viewer.post(next, "").expect(410).code()).isEqualTo("QUERY_PAGES_GONE");
        assertThat(runOf(viewer, page.getString("id")).getString("outcome")).isEqualTo("done");
        // What is not read to its end would be undone, so pages are of what only reads.
        Api.Answer writes = tenant.owner()
                .post(
                        tenant.path() + "/query",
                        body("INSERT INTO notes SELECT 'x' FROM birds RETURNING 1")
                                .add("pageSize", 1)
                                .build())
                .expect(400);
        assertThat(writes.json().getJsonObject("details").getString("sqlState")).isEqualTo("25006");
    }

    @Test
    void keepsFewPagesAndEndsTheOldestAndTheCancelled() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(post(body("SELECT id FROM birds").add("pageSize", 10).build())
                    .expect(200)
                    .data()
                    .getString("id"));
        }
        String queries = tenant.path() + "/queries/";
        assertThat(viewer.post(queries + ids.get(0) + "/next", "").status()).isEqualTo(410);
        viewer.post(queries + ids.get(1) + "/next", "").expect(200);
        for (String id : ids.subList(1, 3)) {
            viewer.delete(queries + id).expect(204);
            assertThat(viewer.post(queries + id + "/next", "").status()).isEqualTo(410);
            assertThat(runOf(viewer, id).getString("outcome")).isEqualTo("cancelled");
        }
    }

    @Test
    void cancelsOnTheServer() throws SQLException {
        for (String sql : List.of("SELECT pg_sleep(60)", STUBBORN)) {
            String id = UUID.randomUUID().toString();
            CompletableFuture<Api.Answer> running = begin(viewer, sql, id);
            // A member's own, and for admins anybody's.
            assertThat(tenant.join("EDITOR")
                            .delete(tenant.path() + "/queries/" + id)
                            .expect(404)
                            .code())
                    .isEqualTo("QUERY_NOT_FOUND");

            // Before the clock starts: what the test itself takes is not the product's.
            String pid = pid(id);
            Connection watcher = product.tenants().connect();
            long asked = System.nanoTime();
            CompletableFuture<Api.Answer> cancelled = CompletableFuture.supplyAsync(
                    () -> (sql.equals(STUBBORN) ? tenant.owner() : viewer).delete(tenant.path() + "/queries/" + id));
            long freed = freed(watcher, pid) - asked;

            watcher.close();
            cancelled.join().expect(204);
            System.out.printf("QueryIT: a cancelled query's backend was free after %d ms%n", freed / 1_000_000);
            assertThat(Duration.ofNanos(freed)).isLessThan(Duration.ofMillis(200));
            assertThat(running.join().expect(409).code()).isEqualTo("QUERY_CANCELLED");
            assertThat(runOf(viewer, id).getString("outcome")).isEqualTo("cancelled");
            assertThat(viewer.delete(tenant.path() + "/queries/" + id).status()).isEqualTo(404);
        }
    }

    @Test
    void endsWhatTakesTooLongWhateverItSets() throws SQLException {
        for (String sql : List.of("SET statement_timeout = 0; SELECT pg_sleep(60)", STUBBORN)) {
            String id = UUID.randomUUID().toString();

            Api.Answer answer = post(body(sql)
                            .add("timeoutSeconds", 1)
                            .add("id", id)
                            .build())
                    .expect(409);

            assertThat(answer.code()).isEqualTo("QUERY_TIMED_OUT");
            assertThat(runOf(viewer, id).getString("outcome")).isEqualTo("timed_out");
            try (Connection cluster = product.tenants().connect()) {
                freed(cluster, pid(id));
            }
        }
    }

    @Test
    void runsFewAtATime() throws SQLException {
        Api busy = tenant.join("VIEWER");
        List<String> ids = new ArrayList<>();
        List<CompletableFuture<Api.Answer>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(UUID.randomUUID().toString());
            running.add(begin(busy, "SELECT pg_sleep(60)", ids.get(i)));
        }

        Api.Answer refused =
                busy.post(tenant.path() + "/query", body("SELECT 1").build());
        assertThat(refused.expect(503).code()).isEqualTo("TOO_MANY_QUERIES");
        assertThat(post(body("SELECT 1").build()).status()).isEqualTo(200);

        ids.forEach(id -> busy.delete(tenant.path() + "/queries/" + id).expect(204));
        running.forEach(one -> one.join().expect(409));
        busy.post(tenant.path() + "/query", body("SELECT 1").build()).expect(200);
    }

    @Test
    void explainsAsATree() throws SQLException {
        JsonObject plan = explain(viewer, "SELECT * FROM birds a JOIN birds b USING (id) WHERE a.name = 'x'", false)
                .expect(200)
                .data();
        assertThat(plan.getJsonObject("root").getJsonArray("children")).isNotEmpty();
        assertThat(plan.toString()).contains("\"relation\":\"birds\"").doesNotContain("actualMillis");

        JsonObject ran =
                explain(tenant.owner(), "DELETE FROM birds", true).expect(200).data();
        assertThat(ran.getJsonNumber("executionMillis").doubleValue()).isPositive();
        assertThat(objects(run("SELECT count(*) FROM birds"), "results").get(0).getJsonArray("rows"))
                .hasToString("[[1000]]");

        Api.Answer refused = explain(viewer, "DELETE FROM birds", true).expect(400);
        assertThat(refused.json().getJsonObject("details").getString("sqlState"))
                .isEqualTo("42501");
        Api.Answer wrong = explain(viewer, "SELECT\n  nam FROM birds", false).expect(400);
        assertThat(wrong.json().getJsonObject("details").getInt("line")).isEqualTo(2);
        assertThat(wrong.json().getJsonObject("details").getInt("column")).isEqualTo(3);
        assertThat(explain(viewer, "SELECT 1; DELETE FROM birds", false).status())
                .isEqualTo(400);
    }

    @Test
    void keepsAHistoryAndAnAuditWithoutTheText() {
        String id = run("SELECT 'a secret of mine'").getString("id");

        JsonObject own = runOf(viewer, id);
        assertThat(own.getString("sql")).isEqualTo("SELECT 'a secret of mine'");
        assertThat(own.getString("outcome")).isEqualTo("done");
        assertThat(own.getInt("rows")).isEqualTo(1);
        assertThat(tenant.owner().get(tenant.path() + "/queries").expect(200).text())
                .doesNotContain("a secret of mine");
        JsonObject audited = viewer.awaitAudit("tenant.query-ended");
        assertThat(audited.toString()).contains("sha256").contains("millis").doesNotContain("secret of mine");
        // An id is of one query, whosever.
        assertThat(tenant.owner()
                        .post(
                                tenant.path() + "/query",
                                body("SELECT 1").add("id", id).build())
                        .expect(409)
                        .code())
                .isEqualTo("QUERY_ID_USED");
    }

    @Test
    void savesQueriesForOneselfOrAll() throws SQLException {
        String saved = tenant.path() + "/saved-queries";
        String mine = save(viewer, saved, "mine", false);
        String ours = save(viewer, saved, "ours", true);
        Api other = tenant.join("VIEWER");

        assertThat(other.get(saved + "/" + mine).expect(404).code()).isEqualTo("SAVED_QUERY_NOT_FOUND");
        assertThat(other.get(saved + "/" + ours).expect(200).data().getString("sql"))
                .isEqualTo("SELECT 1");
        assertThat(other.delete(saved + "/" + ours).status()).isEqualTo(404);
        assertThat(other.get(saved).expect(200).text()).contains("ours").doesNotContain("mine");
        viewer.send("PUT", saved + "/" + ours, "{\"name\":\"ours\",\"sql\":\"SELECT 2\",\"shared\":false}")
                .expect(200);
        assertThat(other.get(saved + "/" + ours).status()).isEqualTo(404);
        viewer.delete(saved + "/" + mine).expect(204);
        assertThat(viewer.get(saved + "/" + mine).status()).isEqualTo(404);
    }

    @Test
    void givesNothingButErrorsForHostileInput() {
        for (String sql : List.of(
                "SET DateStyle = 'German'",
                "SET client_encoding = 'LATIN1'",
                "COPY birds TO STDOUT",
                "COPY birds FROM STDIN",
                "SELECT 1 FROM \"",
                "SELECT '",
                "SELECT $$",
                "/*",
                "{call x()}",
                "SELECT ?",
                "DISCARD EVERYTHING",
                "FETCH ALL FROM \"x\"")) {
            assertThat(post(body(sql).build()).status()).as(sql).isEqualTo(400);
        }
        for (String body : List.of(
                "{}",
                "{\"sql\":\"\"}",
                "{\"sql\":\"SELECT\\u0000 1\"}",
                "{\"sql\":\"SELECT 1\",\"id\":\"x' OR true\"}",
                "{\"sql\":\"SELECT 1\",\"pageSize\":0}",
                "{\"sql\":\"SELECT 1\",\"maxRows\":-1}",
                "{\"sql\":\"SELECT 1\",\"timeoutSeconds\":0}",
                "{\"sql\":\"SELECT 1\",\"parameters\":[\"\\u0000\"]}",
                "[]",
                "{")) {
            assertThat(viewer.post(tenant.path() + "/query", body).status())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(viewer.delete(tenant.path() + "/queries/x'--").status()).isBetween(400, 404);
        assertThat(viewer.post(tenant.path() + "/queries/" + UUID.randomUUID() + "/next", "")
                        .status())
                .isEqualTo(410);
        assertThat(product.member()
                        .post(tenant.path() + "/query", body("SELECT 1").build())
                        .expect(404)
                        .code())
                .isEqualTo("TENANT_NOT_FOUND");
    }

    private static JsonObjectBuilder body(String sql) {
        return Json.createObjectBuilder().add("sql", sql);
    }

    private static Api.Answer post(JsonObject body) {
        return viewer.post(tenant.path() + "/query", body);
    }

    /** As the owner when it writes. */
    /** Of 250 MB it keeps the first hundred, each cut to 2,000 characters. */
    @Test
    void isNotFilledByNotices() {
        JsonObject answer = run("""
                DO $$BEGIN FOR i IN 1..100000 LOOP RAISE NOTICE '% %', i, repeat('x', 2500); END LOOP; END$$""");

        assertThat(answer.getJsonArray("notices")).hasSize(100);
        assertThat(answer.getJsonArray("notices").getString(0))
                .startsWith("1 x")
                .hasSize(2_000);
    }

    private static JsonObject run(String sql) {
        Api member = sql.contains("notes") ? tenant.owner() : viewer;
        return member.post(tenant.path() + "/query", body(sql).build())
                .expect(200)
                .data();
    }

    private static Api.Answer explain(Api member, String sql, boolean analyse) {
        return member.post(
                tenant.path() + "/explain", body(sql).add("analyse", analyse).build());
    }

    private static List<String> ids(JsonObject page) {
        return objects(page, "results").get(0).getJsonArray("rows").stream()
                .map(Object::toString)
                .toList();
    }

    private static String save(Api member, String path, String name, boolean shared) {
        return member.post(
                        path,
                        Json.createObjectBuilder()
                                .add("name", name)
                                .add("sql", "SELECT 1")
                                .add("shared", shared)
                                .build())
                .expect(201)
                .data()
                .getString("id");
    }

    private static JsonObject runOf(Api member, String id) {
        return objects(
                        member.get(tenant.path() + "/queries?pageSize=100")
                                .expect(200)
                                .data(),
                        "items")
                .stream()
                .filter(run -> run.getString("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Returns once the server works on it. */
    private static CompletableFuture<Api.Answer> begin(Api member, String sql, String id) {
        CompletableFuture<Api.Answer> running = CompletableFuture.supplyAsync(() ->
                member.post(tenant.path() + "/query", body(sql).add("id", id).build()));
        await("a backend of " + id).atMost(LIMIT).until(() -> {
            if (running.isDone()) {
                throw new AssertionError(running.join().text());
            }
            return isWorking(id);
        });
        return running;
    }

    private static boolean isWorking(String id) throws SQLException {
        String pid = pid(id);
        try (Connection cluster = product.tenants().connect()) {
            return pid != null
                    && TestTenant.first(
                                    cluster,
                                    "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep' AND pid = "
                                            + pid)
                            != null;
        }
    }

    private static String pid(String id) throws SQLException {
        try (Connection platform = product.database().connect()) {
            return TestTenant.first(platform, "SELECT backend_pid FROM tenant_queries WHERE id = '" + id + "'");
        }
    }

    /** When the server has no process of it any more, by {@code System.nanoTime()}. */
    private static long freed(Connection cluster, String pid) {
        await("the end of " + pid)
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> TestTenant.first(cluster, "SELECT 1 FROM pg_stat_activity WHERE pid = " + pid) == null);
        return System.nanoTime();
    }
}
