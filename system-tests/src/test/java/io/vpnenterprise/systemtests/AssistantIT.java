package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The SQL assistant. There is no language model on a test machine, so the service is simulated: it keeps to the published
 * form of chat completions, and says what the test wants.
 */
class AssistantIT {

    private static final String KEY = "key-of-the-simulated-model";
    private static final String SECRET_ROW = "a name that only a row has";

    private static final List<JsonObject> ASKED = new CopyOnWriteArrayList<>();
    private static final List<String> KEYS = new CopyOnWriteArrayList<>();
    private static final Cleanup MADE = new Cleanup();
    private static volatile String said;
    private static volatile int status;
    private static Product product;
    private static TestTenant tenant;

    @BeforeAll
    static void start() throws IOException, SQLException {
        HttpServer model = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        model.createContext("/v1/chat/completions", AssistantIT::answer);
        model.start();
        MADE.add(() -> model.stop(0));
        product = MADE.add(Product.startWithTenants(Map.of(
                "VPN_ASSISTANT_URL",
                "http://127.0.0.1:" + model.getAddress().getPort() + "/v1",
                "VPN_ASSISTANT_KEY",
                KEY,
                "VPN_ASSISTANT_MODEL",
                "simulated",
                "VPN_ASSISTANT_DEADLINE",
                "PT5S")));
        tenant = TestTenant.create(product, product.member(), "Birds");
        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, "CREATE TABLE birds (id int PRIMARY KEY, name text NOT NULL DEFAULT 'a default')");
            TestTenant.run(owner, "CREATE TABLE \"Sightings\" (bird int REFERENCES birds, seen date)");
            TestTenant.run(owner, "INSERT INTO birds VALUES (1, '" + SECRET_ROW + "')");
        }
    }

    @AfterAll
    static void stop() {
        MADE.close();
    }

    @BeforeEach
    void begin() {
        status = 200;
        ASKED.clear();
    }

    @Test
    void tellsTheModelTheCatalogueAndNoRow() {
        said = "{\"sql\":\"SELECT name FROM birds\",\"explanation\":\"All names.\",\"suggestions\":[\"an index\"]}";

        JsonObject advice = ask("generate", "question", "all names").expect(200).data();

        assertThat(advice.getString("sql")).isEqualTo("SELECT name FROM birds");
        assertThat(advice.getJsonArray("suggestions").getString(0)).isEqualTo("an index");
        assertThat(advice.getString("model")).isEqualTo("simulated");
        String told = ASKED.get(0).toString();
        assertThat(told)
                .contains("public.birds(id integer not null, name text not null); PRIMARY KEY (id)")
                .contains("Sightings", "FOREIGN KEY (bird) REFERENCES birds(id)", "all names")
                .doesNotContain(SECRET_ROW, "a default");
        assertThat(KEYS).containsOnly("Bearer " + KEY);
        tenant.owner().awaitAudit("tenant.assistant-asked");
    }

    @Test
    void takesWhatAModelSaysThatDoesNotKeepToTheForm() {
        said = "I would rather not.";

        JsonObject advice = ask("explain", "sql", "SELECT 1").expect(200).data();

        assertThat(advice.getString("explanation")).isEqualTo("I would rather not.");
        assertThat(advice.containsKey("sql")).isFalse();
    }

    @Test
    void saysThatTheServiceFailed() {
        status = 500;

        assertThat(ask("optimise", "sql", "SELECT 1").expect(502).code()).isEqualTo("ASSISTANT_FAILED");
    }

    @Test
    void asksNothingThatMakesNoSense() {
        assertThat(ask("fix", "question", "no statement").expect(400).code()).isEqualTo("INVALID_QUESTION");
        assertThat(ask("drop", "sql", "SELECT 1").expect(400).code()).isEqualTo("INVALID_ASSISTANT_ACTION");
        assertThat(ask("explain", "sql", "x".repeat(10_001)).expect(400).code()).isEqualTo("INVALID_QUESTION");
        assertThat(product.member()
                        .post(tenant.path() + "/assistant", "{\"action\":\"explain\",\"sql\":\"SELECT 1\"}")
                        .expect(404)
                        .code())
                .isEqualTo("TENANT_NOT_FOUND");
        assertThat(ASKED).isEmpty();
    }

    private static Api.Answer ask(String action, String field, String text) {
        return tenant.owner()
                .post(
                        tenant.path() + "/assistant",
                        Json.createObjectBuilder()
                                .add("action", action)
                                .add(field, text)
                                .build());
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange;
                JsonReader reader = Json.createReader(exchange.getRequestBody())) {
            ASKED.add(reader.readObject());
            KEYS.add(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] answer = Json.createObjectBuilder()
                    .add(
                            "choices",
                            Json.createArrayBuilder()
                                    .add(Json.createObjectBuilder()
                                            .add(
                                                    "message",
                                                    Json.createObjectBuilder()
                                                            .add("role", "assistant")
                                                            .add("content", said))))
                    .build()
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }
}
