package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vpnenterprise.launcher.LaunchException;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every endpoint has in common: envelope, failures, request ids, idempotency, tokens, and what the log does not tell. */
class GroundIT {

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final String REPLAYED = "Idempotent-Replayed";
    private static final String DEVICES = "/api/user/devices";
    private static final String LAPTOP = "{\"name\":\"laptop\"}";

    private final Product product = Product.shared();

    // Envelope

    @Test
    void putsEveryAnswerIntoTheEnvelope() {
        Api.Answer answer = product.member().get(DEVICES).expect(200);

        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.json().keySet()).containsExactly("success", "data", "timestamp");
        assertThat(answer.json().getBoolean("success")).isTrue();
        assertThat(OffsetDateTime.parse(answer.json().getString("timestamp")))
                .isCloseTo(OffsetDateTime.now(), within(1, ChronoUnit.MINUTES));
        assertThat(answer.data().keySet()).containsExactlyInAnyOrder("items", "total", "page", "pageSize");
        assertThat(answer.data().getInt("page")).isEqualTo(1);
        assertThat(answer.data().getInt("pageSize")).isEqualTo(20);
    }

    @Test
    void putsEveryFailureIntoItsOwn() {
        Api.Answer answer = product.member().post(DEVICES, "{\"name\":\"\"}");

        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(answer.json().keySet())
                .containsExactly("success", "error", "code", "field", "requestId", "timestamp");
        assertThat(answer.json().getBoolean("success")).isFalse();
        assertThat(answer.json().getString("requestId")).isEqualTo(answer.header("X-Request-Id"));
    }

    @Test
    void leavesOutTheFieldWhereNoneIsToBlame() {
        Api.Answer answer = product.anonymous().get("/api/auth/me").expect(401);

        assertThat(answer.json().keySet()).containsExactly("success", "error", "code", "requestId", "timestamp");
    }

    @Test
    void givesAProblemOfRfc9457ToAClientThatNamesIt() {
        Api.Answer answer = product.member()
                .withHeader("Accept", "application/problem+json")
                .post(DEVICES, "{\"name\":\"\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        JsonObject problem = answer.json();
        assertThat(problem.keySet()).containsExactly("type", "title", "status", "detail", "code", "field", "requestId");
        assertThat(problem.getString("type")).isEqualTo("about:blank");
        assertThat(problem.getInt("status")).isEqualTo(400);
        assertThat(problem.getString("code")).isEqualTo("INVALID_DEVICE_NAME");
        assertThat(problem.getString("field")).isEqualTo("name");
    }

    @Test
    void givesWhatSucceedsToThatClientAsToOthers() {
        Api.Answer answer = product.member()
                .withHeader("Accept", "application/problem+json")
                .get(DEVICES)
                .expect(200);

        assertThat(answer.header("Content-Type")).startsWith("application/json");
    }

    @Test
    void listsInPages() {
        Api member = product.member();
        for (String name : List.of("a", "b", "c")) {
            member.addDevice(name);
        }

        JsonObject second =
                member.get(DEVICES + "?page=2&pageSize=2").expect(200).data();

        assertThat(second.getInt("total")).isEqualTo(3);
        assertThat(second.getInt("page")).isEqualTo(2);
        assertThat(second.getInt("pageSize")).isEqualTo(2);
        assertThat(second.getJsonArray("items").getValuesAs(JsonObject.class))
                .extracting(device -> device.getString("name"))
                .containsExactly("c");
        assertThat(member.get(DEVICES + "?page=3&pageSize=2").data().getJsonArray("items"))
                .isEmpty();
    }

    // Addresses

    @Test
    void answersUnderTheVersionTooWithTheQuery() {
        Api member = product.member();
        member.addDevice("a");
        member.addDevice("b");

        JsonObject plain =
                member.get(DEVICES + "?page=2&pageSize=1").expect(200).data();
        JsonObject versioned =
                member.get("/api/v1/user/devices?page=2&pageSize=1").expect(200).data();

        assertThat(versioned).isEqualTo(plain);
        assertThat(versioned.getInt("page")).isEqualTo(2);
    }

    @Test
    void namesWhatItMadeByItsAddress() {
        Api member = product.member();

        Api.Answer added = member.post(DEVICES, LAPTOP).expect(201);

        String id = added.data().getJsonObject("device").getString("id");
        assertThat(added.header("Location")).isEqualTo(product.publicUrl() + DEVICES + "/" + id);
        member.get(DEVICES + "/" + id).expect(200);
    }

    // Request ids

    @Test
    void keepsTheClientsNameForARequest() {
        Api.Answer answer =
                product.anonymous().withHeader("X-Request-Id", "trace-1.a_B").get("/api/auth/jwks");

        assertThat(answer.header("X-Request-Id")).isEqualTo("trace-1.a_B");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two words",
                "a=b;c",
                "<script>",
                "0123456789012345678901234567890123456789012345678901234567890123456789"
            })
    void replacesANameThatCouldDoHarm(String given) {
        Api.Answer answer =
                product.anonymous().withHeader("X-Request-Id", given).get("/api/auth/me");

        assertThat(UUID.fromString(answer.header("X-Request-Id"))).isNotNull();
        assertThat(answer.json().getString("requestId")).isEqualTo(answer.header("X-Request-Id"));
    }

    // Idempotency

    @Test
    void repeatsTheFirstAnswerWithoutItsSecrets() throws SQLException {
        Api member = product.member().withHeader(IDEMPOTENCY_KEY, "add-laptop");

        Api.Answer first = member.post(DEVICES, LAPTOP).expect(201);
        Api.Answer second = member.post(DEVICES, LAPTOP).expect(201);
        Api.Answer versioned = member.post("/api/v1/user/devices", LAPTOP).expect(201);

        assertThat(first.header(REPLAYED)).isNull();
        assertThat(first.data().keySet()).contains("privateKey", "ticket");
        for (Api.Answer repeated : List.of(second, versioned)) {
            assertThat(repeated.header(REPLAYED)).isEqualTo("true");
            assertThat(repeated.header("Location")).isEqualTo(first.header("Location"));
            assertThat(repeated.data().keySet()).containsExactly("device");
            assertThat(repeated.data().get("device")).isEqualTo(first.data().get("device"));
        }
        assertThat(member.get(DEVICES).data().getInt("total")).isEqualTo(1);
        assertThat(keptOf("add-laptop", userId(member)))
                .doesNotContain(first.data().getString("privateKey"));
    }

    @Test
    void repeatsAConnectWithoutItsSecrets() {
        try (Cleanup made = new Cleanup()) {
            String server = madeServer(made, 45_001);
            Api member = product.member();
            JsonObject device = member.addDevice("laptop");
            Api keyed = member.withHeader(IDEMPOTENCY_KEY, "connect-once");
            String connect =
                    """
                    {"deviceId":"%s","serverId":"%s","ticket":"%s"}""".formatted(device.getJsonObject("device").getString("id"), server, device.getString("ticket"));

            JsonObject first =
                    keyed.post("/api/vpn/connect", connect).expect(200).data();
            Api.Answer second = keyed.post("/api/vpn/connect", connect).expect(200);

            assertThat(first.keySet()).contains("presharedKey", "conf", "qrPng");
            assertThat(second.header(REPLAYED)).isEqualTo("true");
            assertThat(second.data().keySet()).doesNotContain("presharedKey", "conf", "qrPng");
            assertThat(second.data().getBoolean("privateKeyIncluded")).isFalse();
            assertThat(second.data().getString("connectionId")).isEqualTo(first.getString("connectionId"));
            assertThat(second.text())
                    .doesNotContain(first.getString("presharedKey"))
                    .doesNotContain(device.getString("privateKey"));
            assertThat(member.get("/api/vpn/history").data().getInt("total")).isEqualTo(1);
        }
    }

    @Test
    void keepsNoRefusal() throws SQLException {
        Api member = product.member();
        member.addDevice("laptop");
        Api keyed = member.withHeader(IDEMPOTENCY_KEY, "taken-name");

        keyed.post(DEVICES, "{\"name\":\"\"}").expect(400);
        assertThat(keyed.post(DEVICES, LAPTOP).expect(409).code()).isEqualTo("DEVICE_NAME_TAKEN");
        assertThat(keptOf("taken-name", userId(member))).isNull();
        member.delete(DEVICES + "/"
                        + member.get(DEVICES)
                                .data()
                                .getJsonArray("items")
                                .getJsonObject(0)
                                .getString("id"))
                .expect(204);

        assertThat(keyed.post(DEVICES, LAPTOP).expect(201).header(REPLAYED)).isNull();
    }

    @Test
    void doesNotRepeatARequestThatWasCutOff() throws SQLException {
        Api member = product.member();
        Api keyed = member.withHeader(IDEMPOTENCY_KEY, "cut-off");
        keyed.post(DEVICES, LAPTOP).expect(201);
        cutOff("cut-off", userId(member), 30);
        assertThat(keyed.post(DEVICES, LAPTOP).expect(409).code()).isEqualTo("IDEMPOTENCY_KEY_IN_USE");

        cutOff("cut-off", userId(member), 90);

        assertThat(keyed.post(DEVICES, LAPTOP).expect(409).code()).isEqualTo("IDEMPOTENCY_OUTCOME_UNKNOWN");
        assertThat(member.get(DEVICES).data().getInt("total")).isEqualTo(1);
    }

    /** As if the application node had died between the commit and the note of the answer. */
    private void cutOff(String key, UUID userId, int secondsAgo) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement update = connection.prepareStatement("UPDATE idempotency_keys SET status = NULL,"
                        + " body = NULL, location = NULL, started_at = now() - make_interval(secs => ?)"
                        + " WHERE key = ? AND user_id = ?")) {
            update.setInt(1, secondsAgo);
            update.setString(2, key);
            update.setObject(3, userId);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    @Test
    void refusesAKeyThatStoodForAnotherRequest() {
        Api member = product.member().withHeader(IDEMPOTENCY_KEY, "one-key");
        member.post(DEVICES, LAPTOP).expect(201);

        assertThat(member.post(DEVICES, "{\"name\":\"phone\"}").expect(409).code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(member.post("/api/vpn/disconnect", LAPTOP).expect(409).code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(member.post(DEVICES + "?x=1", LAPTOP).expect(409).code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(member.get(DEVICES).data().getInt("total")).isEqualTo(1);
    }

    @Test
    void keepsTheKeysOfTwoMembersApart() {
        Api one = product.member().withHeader(IDEMPOTENCY_KEY, "same-key");
        Api other = product.member().withHeader(IDEMPOTENCY_KEY, "same-key");

        String ofOne = one.post(DEVICES, LAPTOP).expect(201).header("Location");
        Api.Answer ofOther = other.post(DEVICES, LAPTOP).expect(201);

        assertThat(ofOther.header(REPLAYED)).isNull();
        assertThat(ofOther.header("Location")).isNotEqualTo(ofOne);
    }

    @Test
    void makesOneThingOfTwentyRequestsAtOnce() throws Exception {
        Api member = product.member();
        Api keyed = member.withHeader(IDEMPOTENCY_KEY, "at-once");
        ExecutorService clients = Executors.newFixedThreadPool(20);
        List<Api.Answer> answers = new ArrayList<>();
        try {
            Callable<Api.Answer> request = () -> keyed.post(DEVICES, LAPTOP);
            for (Future<Api.Answer> answer : clients.invokeAll(Collections.nCopies(20, request))) {
                answers.add(answer.get());
            }
        } finally {
            clients.shutdownNow();
        }

        assertThat(answers.stream().filter(answer -> answer.status() == 201 && answer.header(REPLAYED) == null))
                .hasSize(1);
        assertThat(answers).allSatisfy(answer -> {
            if (answer.status() != 201) {
                assertThat(answer.expect(409).code()).isEqualTo("IDEMPOTENCY_KEY_IN_USE");
            }
        });
        assertThat(member.get(DEVICES).data().getInt("total")).isEqualTo(1);
        assertThat(keyed.post(DEVICES, LAPTOP).expect(201).header(REPLAYED)).isEqualTo("true");
    }

    @Test
    void doesNotKeepWhatMayGoBetterNextTime() throws SQLException {
        Api admin = product.admin();
        String node = admin.addNode("ground-unreachable", "uapi", "no-such-namespace", "vpn.example.org");
        Api keyed = admin.withHeader(IDEMPOTENCY_KEY, "check-" + node);

        Api.Answer first = keyed.post("/api/admin/nodes/" + node + "/check", "").expect(503);
        Api.Answer second =
                keyed.post("/api/admin/nodes/" + node + "/check", "").expect(503);

        admin.delete("/api/admin/nodes/" + node).expect(204);
        assertThat(first.header("Retry-After")).isNotNull();
        assertThat(second.header(REPLAYED)).isNull();
        assertThat(keptOf("check-" + node, userId(admin))).isNull();
    }

    // Origins

    @Test
    void letsBrowsersOfTheConfiguredOriginIn() {
        Api browser = product.anonymous().withHeader("Origin", Product.ALLOWED_ORIGIN);

        Api.Answer preflight = browser.withHeader("Access-Control-Request-Method", "POST")
                .send("OPTIONS", DEVICES, null)
                .expect(204);

        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo(Product.ALLOWED_ORIGIN);
        assertThat(preflight.header("Access-Control-Allow-Headers")).contains("Authorization", IDEMPOTENCY_KEY);
        assertThat(browser.get("/api/auth/jwks").header("Access-Control-Allow-Origin"))
                .isEqualTo(Product.ALLOWED_ORIGIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "null",
                Product.ALLOWED_ORIGIN + ".evil.example",
                "http://console.example.org",
                Product.ALLOWED_ORIGIN + ":8443"
            })
    void saysNothingToBrowsersOfAnotherOrigin(String origin) {
        Api browser = product.anonymous().withHeader("Origin", origin);

        Api.Answer preflight =
                browser.withHeader("Access-Control-Request-Method", "POST").send("OPTIONS", DEVICES, null);

        for (Api.Answer answer : List.of(preflight, browser.get("/api/auth/jwks"))) {
            assertThat(answer.headers().map().keySet())
                    .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control-"));
        }
    }

    // Tokens

    @Test
    void issuesTokensThatOthersCanVerifyByTheKeySet() throws Exception {
        String email = Api.newEmail();
        Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        String keySet = product.anonymous().get("/api/auth/jwks").expect(200).text();

        SignedJWT token = SignedJWT.parse(member.token());
        JWK key = JWKSet.parse(keySet).getKeyByKeyId(token.getHeader().getKeyID());

        assertThat(JWKSet.parse(keySet).getKeys()).noneMatch(JWK::isPrivate);
        assertThat(token.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
        assertThat(token.verify(new RSASSAVerifier((RSAKey) key))).isTrue();
        JWTClaimsSet claims = token.getJWTClaimsSet();
        assertThat(claims.getIssuer())
                .isEqualTo("http://localhost:" + product.url().getPort());
        assertThat(claims.getSubject()).isEqualTo(userId(member).toString());
        assertThat(claims.getStringClaim("upn")).isEqualTo(email);
        assertThat(claims.getStringListClaim("groups")).containsExactly("user");
        assertThat(UUID.fromString(claims.getStringClaim("sid"))).isNotNull();
        assertThat(claims.getIntegerClaim("epoch")).isZero();
        assertThat(claims.getJWTID()).isNotBlank();
        assertThat(Duration.between(
                        claims.getIssueTime().toInstant(),
                        claims.getExpirationTime().toInstant()))
                .isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void stopsATokenAtOnceWhenItsSessionEnds() {
        Api member = product.member();
        member.get("/api/auth/me").expect(200);

        member.post("/api/auth/logout", "").expect(204);

        assertThat(member.get("/api/auth/me").expect(401).code()).isEqualTo("INVALID_TOKEN");
        String refresh = "{\"refreshToken\":\"" + member.refreshToken() + "\"}";
        assertThat(product.anonymous()
                        .post("/api/auth/refresh", refresh)
                        .expect(401)
                        .code())
                .isEqualTo("REFRESH_TOKEN_INVALID");
    }

    @Test
    void endsNoOtherSessionOfTheSameMember() {
        String email = Api.newEmail();
        Api laptop = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        Api phone = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);

        laptop.post("/api/auth/logout", "").expect(204);

        phone.get("/api/auth/me").expect(200);
    }

    // Secrets

    @Test
    void tellsNoSecretToTheLog() throws IOException {
        try (Cleanup made = new Cleanup()) {
            String password = "never in a log " + UUID.randomUUID();
            String email = Api.newEmail();
            Api member = product.anonymous().signUp(email, password);
            Api.Answer refreshed = product.anonymous()
                    .post("/api/auth/refresh", "{\"refreshToken\":\"" + member.refreshToken() + "\"}");
            product.anonymous().post("/api/auth/refresh", "{\"refreshToken\":\"" + member.refreshToken() + "\"}");
            Api again = product.anonymous().signIn(email, password);
            JsonObject device = again.withHeader(IDEMPOTENCY_KEY, "never")
                    .post(DEVICES, LAPTOP)
                    .data();
            JsonObject connected = again.post("/api/vpn/connect", """
                            {"deviceId":"%s","serverId":"%s","ticket":"%s"}""".formatted(
                                    device.getJsonObject("device").getString("id"),
                                    madeServer(made, 45_002),
                                    device.getString("ticket")))
                    .expect(200)
                    .data();
            again.post(DEVICES, "{\"name\":\"" + password + "\",");
            product.anonymous().withToken(again.token() + "x").get("/api/auth/me");
            again.get("/api/nothing?token=" + again.token());

            List<String> secrets = List.of(
                    password,
                    Product.ADMIN_PASSWORD,
                    Product.MASTER_KEY,
                    member.token(),
                    member.refreshToken(),
                    refreshed.data().getString("accessToken"),
                    refreshed.data().getString("refreshToken"),
                    again.token(),
                    device.getString("privateKey"),
                    device.getString("ticket"),
                    connected.getString("presharedKey"),
                    product.database().password());
            // The log is the one of these calls.
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> product.loggedText().contains(connected.getString("connectionId")));
            String log = product.loggedText();
            assertThat(secrets).noneMatch(log::contains);
        }
    }

    @Test
    void storesNoSecretInTheOpen() throws SQLException {
        Api member = product.member();
        JsonObject device = member.withHeader(IDEMPOTENCY_KEY, "stored")
                .post(DEVICES, LAPTOP)
                .data();
        byte[] privateKey = Base64.getDecoder().decode(device.getString("privateKey"));

        for (String table : List.of(
                "users",
                "sessions",
                "refresh_tokens",
                "devices",
                "device_key_tickets",
                "idempotency_keys",
                "signing_keys",
                "outbox")) {
            String content = textOf(table);
            assertThat(List.of(
                            Product.MEMBER_PASSWORD,
                            member.token(),
                            member.refreshToken(),
                            device.getString("privateKey"),
                            device.getString("ticket"),
                            HexFormat.of().formatHex(privateKey)))
                    .as(table)
                    .noneMatch(content::contains);
        }
        assertThat(textOf("device_key_tickets"))
                .contains(device.getJsonObject("device").getString("id"));
    }

    // Refused starts

    @Test
    void refusesToStartWithAnotherMasterKey() {
        String another = Base64.getEncoder().encodeToString(new byte[32]);

        assertThatThrownBy(() -> product.startAnother(Map.of("VPN_MASTER_KEY", another)))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("the master key is not the one this database was sealed with");
    }

    @Test
    void refusesToStartWithASettingNobodyKnows() {
        assertThatThrownBy(() -> product.startAnother(Map.of("VPN_ACESS_DNS", "1.1.1.1")))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("unknown settings: [VPN_ACESS_DNS");
    }

    private static UUID userId(Api user) {
        return UUID.fromString(user.get("/api/auth/me").expect(200).data().getString("id"));
    }

    private String madeServer(Cleanup made, int port) {
        Api admin = product.admin();
        String name = "ground-" + port;
        String node = admin.addNode(name, "simulated", null, "vpn.example.org");
        made.add(() -> admin.delete("/api/admin/nodes/" + node).expect(204));
        String server = admin.addServer(name, "eu-central", port, node).getString("id");
        made.add(() -> admin.delete("/api/vpn/servers/" + server).expect(204));
        return server;
    }

    /** The answer that is kept for a key; null when there is none. */
    private String keptOf(String key, UUID userId) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT coalesce(body, '') FROM idempotency_keys WHERE key = ? AND user_id = ?")) {
            select.setString(1, key);
            select.setObject(2, userId);
            ResultSet row = select.executeQuery();
            return row.next() ? row.getString(1) : null;
        }
    }

    private String textOf(String table) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select =
                        connection.prepareStatement("SELECT string_agg(to_jsonb(t)::text, ' ') FROM " + table + " t")) {
            ResultSet row = select.executeQuery();
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
