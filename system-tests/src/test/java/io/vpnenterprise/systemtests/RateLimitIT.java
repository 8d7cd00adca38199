package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The limits of each class of route, each of which counts for itself. Every test comes from addresses of its own. */
class RateLimitIT {

    private static final int PUBLIC = 20;
    private static final int CREDENTIALS = 6;
    private static final int REFRESH = 8;
    private static final int API = 30;
    private static final int STRICT = 2;
    private static final String OPEN = "/api/auth/jwks";
    private static final String CLOSED = "/api/auth/me";

    private static Product product;

    @BeforeAll
    static void start() {
        product = Product.start(Map.of(
                "VPN_RATE_LIMITS_PUBLIC", PUBLIC + "/PT1H",
                "VPN_RATE_LIMITS_CREDENTIALS", CREDENTIALS + "/PT1H",
                "VPN_RATE_LIMITS_REFRESH", REFRESH + "/PT1H",
                "VPN_RATE_LIMITS_API", API + "/PT1H",
                "VPN_RATE_LIMITS_STRICT", STRICT + "/PT1H"));
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void admitsExactlyTheNumberOfRequestsThatComeAtOnce() throws Exception {
        Api client = from("203.0.113.1");
        List<Api.Answer> answers = atOnce(120, client, OPEN);

        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(PUBLIC);
        Set<Integer> remaining = new HashSet<>();
        for (Api.Answer answer : answers) {
            assertThat(answer.header("RateLimit-Limit")).isEqualTo("" + PUBLIC);
            assertThat(answer.header("RateLimit-Policy")).isEqualTo(PUBLIC + ";w=3600");
            assertThat(number(answer, "RateLimit-Reset")).isBetween(3_000, 3_600);
            assertThat(number(answer, "RateLimit-Remaining")).isBetween(0, PUBLIC - 1);
            if (answer.status() == 200) {
                assertThat(remaining.add(number(answer, "RateLimit-Remaining"))).isTrue();
                assertThat(answer.header("Retry-After")).isNull();
            } else {
                assertThat(answer.expect(429).code()).isEqualTo("RATE_LIMITED");
                assertThat(answer.header("Retry-After")).isEqualTo(answer.header("RateLimit-Reset"));
            }
        }
    }

    @Test
    void noClassUsesUpAnother() {
        Api client = from("203.0.113.2");
        Api member = client.signUp(Api.newEmail(), Product.MEMBER_PASSWORD);
        exhaust(client, OPEN, PUBLIC);

        member.get(CLOSED).expect(200);
        for (int i = 1; i < CREDENTIALS; i++) {
            client.post("/api/auth/login", "{}").expect(400);
        }
        assertThat(client.post("/api/auth/login", "{}").expect(429).code()).isEqualTo("RATE_LIMITED");
        member.get(CLOSED).expect(200);
        for (int i = 0; i < 2 * PUBLIC; i++) {
            client.get("/health").expect(200);
        }
        assertThat(client.get("/health").header("RateLimit-Limit")).isNull();
    }

    @Test
    void countsAUserWhereverHeComesFromAndEachByHimself() {
        String email = Api.newEmail();
        Api member = from("203.0.113.3").signUp(email, Product.MEMBER_PASSWORD);
        Api sameMember = from("203.0.113.4").signIn(email, Product.MEMBER_PASSWORD);
        Api neighbour = from("203.0.113.3").signUp(Api.newEmail(), Product.MEMBER_PASSWORD);

        exhaust(member, CLOSED, API);

        assertThat(sameMember.get(CLOSED).expect(429).header("RateLimit-Limit")).isEqualTo("" + API);
        neighbour.get(CLOSED).expect(200);
    }

    @Test
    void countsWhatCostsMuchByItself() {
        Api member = from("203.0.113.7").signUp(Api.newEmail(), Product.MEMBER_PASSWORD);
        Api.Answer answer = null;
        for (int i = 0; i <= STRICT; i++) {
            answer = member.post("/api/auth/verify-email/send", "");
            assertThat(answer.header("RateLimit-Limit")).isEqualTo("" + STRICT);
        }
        assertThat(answer.code()).isEqualTo("RATE_LIMITED");
        member.get(CLOSED).expect(200);
    }

    @Test
    void countsBadTokensByTheirAddress() {
        Api forger = from("203.0.113.5").withToken("forged");
        for (int i = 0; i < PUBLIC; i++) {
            forger.get(CLOSED).expect(401);
        }
        assertThat(forger.get(CLOSED).expect(429).code()).isEqualTo("RATE_LIMITED");
    }

    @Test
    void tellsWhoseTokenExpiredSoHoweverManyBadOnesItsNetworkSent() {
        Api client = from("203.0.113.8");
        Api member = client.signUp(Api.newEmail(), Product.MEMBER_PASSWORD);
        Api expired = member.withToken(TokenForge.of(product).expired(member.token()));
        for (int i = 0; i <= PUBLIC; i++) {
            assertThat(expired.get(CLOSED).expect(401).code()).isEqualTo("TOKEN_EXPIRED");
        }
        exhaust(client, OPEN, PUBLIC);

        assertThat(expired.get(CLOSED).expect(401).code()).isEqualTo("TOKEN_EXPIRED");
        member.refreshed().get(CLOSED).expect(200);
    }

    @Test
    void looksForNoInventedKeyBeyondTheLimitButForOneThatWasGood() {
        Api client = from("203.0.113.9");
        Api member = client.signUp(Api.newEmail(), Product.MEMBER_PASSWORD);
        Api familiar = client.withToken(member.addKey("vpn:read").getString("key"));
        Api unfamiliar = client.withToken(member.addKey("vpn:read").getString("key"));
        familiar.get("/api/vpn/servers").expect(200);
        exhaust(client, OPEN, PUBLIC);

        familiar.get("/api/vpn/servers").expect(200);
        assertThat(unfamiliar.get("/api/vpn/servers").expect(429).code()).isEqualTo("RATE_LIMITED");
    }

    @Test
    void refusesAFloodOfItsNetworkButNotADeviceThatIsKnownThere() {
        String email = Api.newEmail();
        String account = """
                {"email":"%s","password":"%s"}""".formatted(email, Product.MEMBER_PASSWORD);
        Api.Answer signedUp =
                from("203.0.113.10").post("/api/auth/signup", account).expect(201);
        String device = signedUp.data().getString("deviceToken");
        String refresh = "{\"refreshToken\":\"" + signedUp.data().getString("refreshToken") + "\"}";
        Api neighbour = from("203.0.113.10");
        for (int i = 1; i < CREDENTIALS; i++) {
            neighbour.post("/api/auth/login", "{}").expect(400);
        }

        neighbour.post("/api/auth/login", account).expect(429);
        neighbour
                .withHeader("Device-Token", "invented")
                .post("/api/auth/login", account)
                .expect(429);
        neighbour
                .withHeader("Device-Token", device)
                .post("/api/auth/login", account)
                .expect(200);
        neighbour
                .withHeader("Cookie", "__Host-device=" + device)
                .post("/api/auth/login", account)
                .expect(200);
        neighbour.post("/api/auth/refresh", refresh).expect(200);
        Api.Answer last = null;
        for (int i = 2; i <= CREDENTIALS + 1; i++) {
            last = neighbour.withHeader("Device-Token", device).post("/api/auth/login", "{}");
        }
        assertThat(last.expect(429).code()).as("it has a limit of its own").isEqualTo("RATE_LIMITED");
    }

    @Test
    void countsSocketsOfANetworkBeforeTheyOpen() {
        for (int i = 0; i < REFRESH; i++) {
            SocketClient.open(product.url(), Map.of("X-Forwarded-For", "203.0.113.11"))
                    .close();
        }
        assertThatThrownBy(() -> SocketClient.open(product.url(), Map.of("X-Forwarded-For", "203.0.113.11")))
                .hasMessageContaining("no socket");
        SocketClient.open(product.url(), Map.of("X-Forwarded-For", "203.0.113.12"))
                .close();
    }

    @Test
    void countsAnIpv6NetworkAsOneClient() {
        exhaust(from("2001:db8:7:7::1"), OPEN, PUBLIC);
        from("2001:db8:7:7:ffff::2").get(OPEN).expect(429);
        from("2001:db8:7:8::1").get(OPEN).expect(200);
    }

    @Test
    void believesNoAddressThatTheClientWroteItself() {
        // The test's own address is the proxy; what stands left of the proxy's word is the client's to write.
        exhaust(from("203.0.113.6"), OPEN, PUBLIC);
        from("198.51.100.1, 203.0.113.6").get(OPEN).expect(429);
    }

    private static Api from(String address) {
        return product.anonymous().withHeader("X-Forwarded-For", address);
    }

    private static void exhaust(Api client, String path, int limit) {
        for (int left = limit; client.get(path).status() == 200; left--) {
            assertThat(left).as("requests admitted").isPositive();
        }
    }

    private static int number(Api.Answer answer, String header) {
        return Integer.parseInt(answer.header(header));
    }

    private static List<Api.Answer> atOnce(int requests, Api client, String path) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(24);
        try {
            List<Future<Api.Answer>> pending = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                pending.add(clients.submit(() -> client.get(path)));
            }
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> answer : pending) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            clients.shutdownNow();
        }
    }
}
