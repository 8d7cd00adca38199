package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

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
}
