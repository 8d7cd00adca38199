package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The socket: who may have one, what it hears, and that it ends with the token it was opened by. */
class RealtimeIT {

    private final Product product = Product.shared();
    private final List<SocketClient> opened = new ArrayList<>();

    @AfterEach
    void closeAll() {
        opened.forEach(SocketClient::close);
    }

    @Test
    void tellsAMemberWhatHappensInHisAccountAndNobodyElse() {
        Api member = product.member();
        Api other = product.member();
        SocketClient first = ready(member);
        SocketClient second = ready(member);
        SocketClient others = ready(other);
        SocketClient admins = ready(product.admin());

        member.addDevice("laptop");
        other.addDevice("tablet");

        for (SocketClient socket : List.of(first, second)) {
            JsonObject entry = added(socket);
            assertThat(entry.getJsonObject("target").getString("name")).isEqualTo("laptop");
            assertThat(entry.getJsonObject("origin").getString("address")).isEqualTo("127.0.0.1");
        }
        assertThat(added(others).getJsonObject("target").getString("name")).isEqualTo("tablet");
        assertThat(first.toString()).doesNotContain("tablet");
        assertThat(others.toString()).doesNotContain("laptop");
        assertThat(admins.toString()).doesNotContain("laptop", "tablet");
    }

    @Test
    void answersPings() {
        SocketClient socket = ready(product.member());

        socket.send("{\"type\":\"ping\"}").send("{\"type\":\"ping\",\"id\":\"17\"}");

        socket.await("pong", 2);
        assertThat(socket.heard("pong").get(0).keySet()).containsExactly("type");
        assertThat(socket.heard("pong").get(1).getString("id")).isEqualTo("17");
    }

    @Test
    void closesWhatDoesNotSayWhoItIs() {
        assertThat(open().awaitClosed()).isEqualTo("4408 AUTH_TIMEOUT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"ping\"}", "{}", "hello", "{\"type\":\"subscribe\"}", "[]"})
    void hearsNothingBeforeTheToken(String message) {
        assertThat(open().send(message).awaitClosed()).isEqualTo("4401 MISSING_TOKEN");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            hello
            []
            {}
            {"type":7}
            {"type":"subscribe"}
            {"type":"ping","id":"12345678901234567890123456789012345678901234567890123456789012345"}
            """)
    void closesOnAMessageThatIsNone(String message) {
        assertThat(ready(product.member()).send(message).awaitClosed()).isEqualTo("4400 BAD_MESSAGE");
    }

    @Test
    void closesOnALongMessageAndOnADeepOne() {
        assertThat(ready(product.member()).send("x".repeat(20_000)).awaitClosed())
                .startsWith("1009 ");
        assertThat(ready(product.member()).send("{\"a\":".repeat(1_500)).awaitClosed())
                .isEqualTo("4400 BAD_MESSAGE");
    }

    @Test
    void takesNoTokenThatTheApiWouldNotTake() {
        TokenForge forge = TokenForge.of(product);
        Api signedOut = product.member();
        signedOut.post("/api/auth/logout", "").expect(204);

        assertThat(open().auth("nonsense").awaitClosed()).isEqualTo("4401 INVALID_TOKEN");
        assertThat(open().auth("").awaitClosed()).isEqualTo("4401 INVALID_TOKEN");
        assertThat(open().auth(forge.expired(product.member().token())).awaitClosed())
                .isEqualTo("4401 TOKEN_EXPIRED");
        assertThat(open().auth(signedOut.token()).awaitClosed()).isEqualTo("4401 INVALID_TOKEN");
        String key = product.member().addKey("vpn:read").getString("key");
        assertThat(open().auth(key).awaitClosed()).isEqualTo("4403 SCOPE_MISSING");
    }

    @Test
    void endsWithItsSession() {
        Api member = product.member();
        SocketClient socket = ready(member);

        member.post("/api/auth/logout", "").expect(204);

        assertThat(socket.awaitClosed()).isEqualTo("4401 INVALID_TOKEN");
    }

    @Test
    void endsWithItsTokenUnlessItGetsANewerOne() {
        TokenForge forge = TokenForge.of(product);
        Api member = product.member();
        String shortLived = forge.changed(
                member.token(),
                claims -> claims.expirationTime(Date.from(Instant.now().plusSeconds(3))));
        SocketClient left = ready(member.withToken(shortLived));
        SocketClient renewed = ready(member.withToken(shortLived)).auth(member.token());
        renewed.await("ready", 2);

        assertThat(left.awaitClosed()).isEqualTo("4401 TOKEN_EXPIRED");
        renewed.send("{\"type\":\"ping\"}").await("pong");
    }

    @Test
    void doesNotPassFromOneMemberToAnother() {
        SocketClient socket = ready(product.member());

        assertThat(socket.auth(product.member().token()).awaitClosed()).isEqualTo("4401 INVALID_TOKEN");
    }

    @Test
    void comesToBrowsersOfOurOwnAndOfTheConfiguredOriginAlone() {
        for (String origin : List.of(
                Product.ALLOWED_ORIGIN, "http://localhost:" + product.url().getPort())) {
            opened.add(SocketClient.open(product.url(), origin));
        }
        for (String origin : List.of("https://evil.example", "null", Product.ALLOWED_ORIGIN + ".evil.example")) {
            assertThatThrownBy(() -> SocketClient.open(product.url(), origin))
                    .as(origin)
                    .hasMessageContaining("no socket");
        }
    }

    @Test
    void takesABrowsersCookieWithItsCsrfTokenFromAPageOfOurs() {
        Api.Answer signedUp = product.anonymous()
                .post("/api/auth/signup", """
                        {"email":"%s","password":"%s","cookies":true}""".formatted(Api.newEmail(), Product.MEMBER_PASSWORD))
                .expect(201);
        String access = signedUp.headers().allValues("Set-Cookie").stream()
                .filter(line -> line.startsWith("__Host-access="))
                .map(line -> line.substring(0, line.indexOf(';')))
                .findFirst()
                .orElseThrow();
        String auth = "{\"type\":\"auth\",\"csrfToken\":\"" + signedUp.data().getString("csrfToken") + "\"}";

        SocketClient page = browser(Map.of("Origin", Product.ALLOWED_ORIGIN, "Cookie", "other=1; " + access));
        page.send(auth).await("ready");

        assertThat(browser(Map.of("Origin", Product.ALLOWED_ORIGIN, "Cookie", access))
                        .send("{\"type\":\"auth\",\"csrfToken\":\"guessed\"}")
                        .awaitClosed())
                .isEqualTo("4403 CSRF_TOKEN_INVALID");
        assertThat(browser(Map.of("Cookie", access)).send(auth).awaitClosed())
                .as("of what names no page")
                .isEqualTo("4401 MISSING_TOKEN");
        assertThat(browser(Map.of("Origin", Product.ALLOWED_ORIGIN)).send(auth).awaitClosed())
                .as("no cookie of another's socket")
                .isEqualTo("4401 MISSING_TOKEN");
        page.send("{\"type\":\"ping\"}").await("pong");
    }

    private SocketClient browser(Map<String, String> headers) {
        SocketClient client = SocketClient.open(product.url(), headers);
        opened.add(client);
        return client;
    }

    @Test
    void hasAFewPlacesForTheUnknownOfANetwork() {
        Map<String, String> crowd = Map.of("X-Forwarded-For", "203.0.113.20");
        // The server opens them in an order of its own.
        List<SocketClient> ofOneNetwork =
                Stream.generate(() -> browser(crowd)).limit(11).toList();

        Awaitility.await("one too many").until(() -> ofOneNetwork.stream().anyMatch(SocketClient::isClosed));
        assertThat(ofOneNetwork.stream().filter(SocketClient::isClosed).map(SocketClient::awaitClosed))
                .containsOnly("4429 TOO_MANY_SOCKETS");
        browser(Map.of("X-Forwarded-For", "203.0.113.21"))
                .auth(product.member().token())
                .await("ready");
    }

    @Test
    void hasAFewPlacesForEachMember() {
        Api member = product.member();
        for (int i = 0; i < 20; i++) {
            ready(member);
        }

        assertThat(open().auth(member.token()).awaitClosed()).isEqualTo("4429 TOO_MANY_SOCKETS");
    }

    private SocketClient open() {
        SocketClient client = SocketClient.open(product.url());
        opened.add(client);
        return client;
    }

    private SocketClient ready(Api member) {
        SocketClient client = SocketClient.ready(product.url(), member);
        opened.add(client);
        return client;
    }

    private static JsonObject added(SocketClient socket) {
        Awaitility.await("device.added in " + socket)
                .atMost(java.time.Duration.ofSeconds(20))
                .until(() -> socket.heard("event").stream().anyMatch(RealtimeIT::isAdded));
        return socket.heard("event").stream()
                .filter(RealtimeIT::isAdded)
                .findFirst()
                .orElseThrow()
                .getJsonObject("entry");
    }

    private static boolean isAdded(JsonObject event) {
        return event.getJsonObject("entry").getString("action").equals("device.added");
    }
}
