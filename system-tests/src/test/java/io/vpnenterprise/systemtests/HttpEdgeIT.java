package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every answer has, whoever gives it: a resource, a servlet, a failure, or the server itself. */
class HttpEdgeIT {

    private static Product product;

    @BeforeAll
    static void start() {
        product = Product.shared();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "/api/auth/jwks",
                "/api/auth/me",
                "/api/nothing",
                "/api/v1/user/devices",
                "/api/vpn/servers?page=x",
                "/health",
                "/health/live",
                "/openapi",
                "/metrics",
                "/nothing"
            })
    void everyAnswerTellsBrowsersWhatNotToDoWithIt(String path) {
        Api.Answer answer = product.anonymous().get(path);

        assertThat(answer.header("Content-Security-Policy"))
                .contains(path.startsWith("/api") ? "default-src 'none'" : "default-src 'self'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertThat(answer.headers().allValues("Vary")).contains("Origin");
        assertThat(answer.headers().allValues("X-Request-Id")).hasSize(1);
        assertThat(answer.headers().map())
                .containsKeys(
                        "referrer-policy",
                        "permissions-policy",
                        "cross-origin-opener-policy",
                        "cross-origin-resource-policy")
                .doesNotContainKeys("server", "x-powered-by", "strict-transport-security");
    }

    @Test
    void asksForTlsOverTlsOnly() {
        assertThat(product.anonymous()
                        .withHeader("X-Forwarded-Proto", "https")
                        .get("/health")
                        .header("Strict-Transport-Security"))
                .startsWith("max-age=");
    }

    @ParameterizedTest(name = "Origin {0}")
    @CsvSource({
        "null",
        "https://console.example.org.evil.example",
        "https://evil.example/https://console.example.org",
        "https://CONSOLE.example.org",
        "https://console.example.org:443",
        "https://console.example.org/",
        "http://console.example.org",
        "https://consoleXexample.org",
        "http://localhost"
    })
    void givesOtherOriginsNothing(String origin) {
        Api browser = product.anonymous().withHeader("Origin", origin);
        for (Api.Answer answer : new Api.Answer[] {
            browser.get("/api/auth/jwks"),
            browser.get("/health"),
            browser.withHeader("Access-Control-Request-Method", "DELETE").send("OPTIONS", "/api/user/devices", null)
        }) {
            assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
            assertThat(answer.headers().allValues("Vary")).contains("Origin");
        }
    }

    @Test
    void givesTheAllowedOriginAllItNeeds() {
        Api browser = product.anonymous().withHeader("Origin", Product.ALLOWED_ORIGIN);
        for (String path : new String[] {"/api/auth/jwks", "/api/auth/me", "/api/nothing", "/health", "/openapi"}) {
            Api.Answer answer = browser.get(path);
            assertThat(answer.headers().allValues("Access-Control-Allow-Origin"))
                    .as(path)
                    .containsExactly(Product.ALLOWED_ORIGIN);
            assertThat(answer.header("Access-Control-Allow-Credentials")).isEqualTo("true");
        }
    }

    @Test
    void letsTheAllowedOriginSendAndReadWhatTheApiHas() {
        Api browser = product.anonymous().withHeader("Origin", Product.ALLOWED_ORIGIN);
        Api.Answer preflight = browser.withHeader("Access-Control-Request-Method", "GET")
                .send("OPTIONS", "/api/vpn/connections/x/config", null);

        assertThat(preflight.header("Access-Control-Allow-Headers")).contains("Key-Ticket", "Device-Token");
        assertThat(preflight.header("Access-Control-Expose-Headers"))
                .contains("Content-Disposition", "RateLimit-Policy", "WWW-Authenticate");
    }

    @Test
    void sendsNobodyToAnotherAddressThanThePublicOne() {
        Api member = product.member();
        for (String path : new String[] {"/api/user/devices", "/api/v1/user/devices"}) {
            Api.Answer added = member.post(path, "{\"name\":\"" + UUID.randomUUID() + "\"}")
                    .expect(201);
            assertThat(added.header("Location"))
                    .isEqualTo(product.publicUrl() + path + "/"
                            + added.data().getJsonObject("device").getString("id"));
        }
    }

    @Test
    void showsFiguresToAnAdminsKeyWithTheScopeAlone() {
        Api admin = product.admin();
        Api key = product.anonymous();

        key.withToken(admin.addKey("vpn:read").getString("key")).get("/metrics").expect(401);
        key.withToken(admin.addKey("admin:read").getString("key"))
                .get("/metrics")
                .expect(200);
        key.withHeader("Authorization", "bearer " + admin.token())
                .get("/metrics")
                .expect(200);
    }

    @Test
    void logsTheCodeOfARefusal() {
        String id = "refused-" + UUID.randomUUID();
        product.anonymous().withHeader("X-Request-Id", id).get("/api/auth/me").expect(401);

        await().atMost(Duration.ofSeconds(20)).until(() -> product.loggedText()
                .lines()
                .anyMatch(line -> line.contains(id) && line.contains("\"code\":\"MISSING_TOKEN\"")));
    }

    /** Its names, defaults and ranges are compared with the operator's table in the build. */
    @Test
    void showsSuperAdminsTheSettingsInEffect() {
        Map<String, JsonObject> settings = product
                .admin()
                .get("/api/admin/settings")
                .expect(200)
                .data()
                .getJsonArray("settings")
                .getValuesAs(JsonObject.class)
                .stream()
                .collect(Collectors.toMap(setting -> setting.getString("name"), setting -> setting));

        assertThat(settings.get("ALLOWED_ORIGINS").getString("value")).isEqualTo(Product.ALLOWED_ORIGIN);
        assertThat(settings.get("VPN_MASTER_KEY").getString("value")).isEqualTo("***");
        assertThat(settings.get("VPN_ADMIN_PASSWORD").getString("value")).isEqualTo("***");
        assertThat(settings.get("VPN_BODY_DEADLINE").getString("value")).isEqualTo("PT5S");
        assertThat(settings.get("VPN_BODY_DEADLINE").getString("defaultValue")).isEqualTo("PT30S");
        assertThat(settings.toString()).doesNotContain(Product.MASTER_KEY, Product.ADMIN_PASSWORD);
    }
}
