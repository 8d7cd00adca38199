package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A browser's session: cookies that no script reads, and proof that a page is ours for whatever changes something. */
class BrowserSessionIT {

    private static final String ACCESS = "__Host-access";
    private static final String REFRESH = "__Host-refresh";
    private static final String CSRF = "X-CSRF-Token";
    private static final String DEVICES = "/api/user/devices";
    private static final String DEVICE = "__Host-device";
    private static final String LAPTOP = "{\"name\":\"laptop\"}";

    private final Product product = Product.shared();

    /** What a browser keeps of an answer. */
    private record Browser(Map<String, String> values, List<String> lines, String csrfToken) {

        static Browser of(Api.Answer answer) {
            Map<String, String> values = new TreeMap<>();
            List<String> lines = answer.headers().allValues("Set-Cookie");
            lines.forEach(line -> {
                String pair = line.substring(0, line.indexOf(';'));
                values.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            });
            return new Browser(
                    values, lines, answer.status() == 204 ? null : answer.data().getString("csrfToken"));
        }

        /** Calls with these of its cookies. */
        Api with(Api anonymous, String... names) {
            List<String> pairs = new ArrayList<>();
            for (String name : names) {
                pairs.add(name + "=" + values.get(name));
            }
            return anonymous.withHeader("Cookie", String.join("; ", pairs));
        }
    }

    private Browser signUp() {
        String account = """
                {"email":"%s","password":"%s","cookies":true}""".formatted(Api.newEmail(), Product.MEMBER_PASSWORD);
        return Browser.of(product.anonymous().post("/api/auth/signup", account).expect(201));
    }

    @Test
    void givesTheTokensInCookiesAlone() {
        String account = """
                {"email":"%s","password":"%s","cookies":true}""".formatted(Api.newEmail(), Product.MEMBER_PASSWORD);
        product.anonymous().post("/api/auth/signup", account).expect(201);

        Api.Answer answer = product.anonymous().post("/api/auth/login", account).expect(200);

        JsonObject data = answer.data();
        assertThat(data.keySet()).containsExactlyInAnyOrder("user", "tokenType", "expiresInSeconds", "csrfToken");
        Browser browser = Browser.of(answer);
        assertThat(browser.values()).containsOnlyKeys(ACCESS, REFRESH, DEVICE);
        browser.values().values().forEach(value -> assertThat(answer.text()).doesNotContain(value));
        assertThat(browser.lines())
                .hasSize(3)
                // What a sibling host plants has no such prefix.
                .allSatisfy(line -> assertThat(line).startsWith("__Host-"))
                .allSatisfy(line -> assertThat(line.split("; "))
                        // Of the device Lax, since a provider sends the browser back without it else.
                        .contains(
                                "Path=/",
                                "HttpOnly",
                                "Secure",
                                "SameSite=" + (line.startsWith(DEVICE) ? "Lax" : "Strict")))
                .allSatisfy(line -> assertThat(line).doesNotContainIgnoringCase("Domain"))
                .filteredOn(line -> !line.startsWith(DEVICE))
                // The session's, not the access token's, that the refresh token is to outlive.
                .allSatisfy(line -> assertThat(maxAge(line)).isBetween(30 * 86_400 - 60, 30 * 86_400));
    }

    private static int maxAge(String line) {
        return Integer.parseInt(line.replaceAll(".*Max-Age=(\\d+).*", "$1"));
    }

    @Test
    void readsByTheCookieAndWritesByTheCsrfTokenToo() {
        Browser browser = signUp();
        Api page = browser.with(product.anonymous(), ACCESS);

        page.get("/api/auth/me").expect(200);
        assertThat(page.get("/api/auth/csrf").expect(200).data().getString("csrfToken"))
                .isEqualTo(browser.csrfToken());
        Api.Answer refused = page.post(DEVICES, LAPTOP).expect(403);

        assertThat(refused.code()).isEqualTo("CSRF_TOKEN_INVALID");
        assertThat(page.get(DEVICES).data().getInt("total")).isZero();
        page.withHeader(CSRF, browser.csrfToken()).post(DEVICES, LAPTOP).expect(201);
    }

    @Test
    void refusesTheCsrfTokenOfAnotherSession() {
        Browser attacker = signUp();
        Browser victim = signUp();

        Api.Answer refused = victim.with(product.anonymous(), ACCESS)
                .withHeader(CSRF, attacker.csrfToken())
                .post(DEVICES, LAPTOP);

        assertThat(refused.expect(403).code()).isEqualTo("CSRF_TOKEN_INVALID");
    }

    @ParameterizedTest
    @CsvSource({
        "Origin, https://evil.example",
        "Origin, null",
        "Origin, http://localhost.evil.example",
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site"
    })
    void refusesAPageOfAnotherOrigin(String header, String value) {
        Browser browser = signUp();
        Api page = browser.with(product.anonymous(), ACCESS, REFRESH)
                .withHeader(CSRF, browser.csrfToken())
                .withHeader(header, value);

        assertThat(page.post(DEVICES, LAPTOP).expect(403).code()).isEqualTo("FOREIGN_ORIGIN");
        assertThat(page.send("POST", "/api/auth/refresh", null).expect(403).code())
                .isEqualTo("FOREIGN_ORIGIN");
        assertThat(page.get(DEVICES).expect(200).data().getInt("total")).isZero();
    }

    @Test
    void takesPagesOfItsOwnAndOfTheAllowedOrigin() {
        Browser browser = signUp();
        Api page = browser.with(product.anonymous(), ACCESS).withHeader(CSRF, browser.csrfToken());

        page.withHeader("Origin", "http://localhost:" + product.url().getPort())
                .withHeader("Sec-Fetch-Site", "same-origin")
                .post(DEVICES, LAPTOP)
                .expect(201);
        page.withHeader("Origin", Product.ALLOWED_ORIGIN)
                .withHeader("Sec-Fetch-Site", "same-site")
                .post(DEVICES, "{\"name\":\"phone\"}")
                .expect(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/auth/refresh", "/api/v1/auth/refresh"})
    void refreshesByTheCookieWithoutABody(String path) {
        Browser browser = signUp();

        Api.Answer answer = browser.with(product.anonymous(), REFRESH)
                .send("POST", path, null)
                .expect(200);

        Browser refreshed = Browser.of(answer);
        assertThat(answer.data().keySet()).doesNotContain("accessToken", "refreshToken");
        assertThat(refreshed.values().get(REFRESH))
                .isNotEqualTo(browser.values().get(REFRESH));
        assertThat(refreshed.csrfToken()).as("it is the session's").isEqualTo(browser.csrfToken());
        refreshed.with(product.anonymous(), ACCESS).get("/api/auth/me").expect(200);
    }

    @Test
    void refusesARefreshWithNothing() {
        assertThat(product.anonymous()
                        .send("POST", "/api/auth/refresh", null)
                        .expect(401)
                        .code())
                .isEqualTo("REFRESH_TOKEN_INVALID");
    }

    @Test
    void countsTheHeaderWhereThereAreBoth() {
        Browser browser = signUp();
        Api program = product.member();

        Api both = browser.with(program, ACCESS);

        both.post(DEVICES, LAPTOP).expect(201);
        assertThat(program.get(DEVICES).data().getInt("total")).isEqualTo(1);
        assertThat(both.withToken("nonsense").get("/api/auth/me").expect(401).code())
                .isEqualTo("INVALID_TOKEN");
    }

    @Test
    void takesTheCookiesAwayWhenItSignsOut() {
        Browser browser = signUp();
        Api page = browser.with(product.anonymous(), ACCESS).withHeader(CSRF, browser.csrfToken());

        Browser left = Browser.of(page.post("/api/auth/logout", "").expect(204));

        assertThat(left.lines()).hasSize(2).allSatisfy(line -> assertThat(line).contains("Max-Age=0"));
        assertThat(left.values().values()).containsOnly("");
        assertThat(page.get("/api/auth/me").expect(401).code()).isEqualTo("INVALID_TOKEN");
        browser.with(product.anonymous(), REFRESH)
                .send("POST", "/api/auth/refresh", null)
                .expect(401);
    }
}
