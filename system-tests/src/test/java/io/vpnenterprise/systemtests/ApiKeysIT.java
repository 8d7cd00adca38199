package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** API keys: made, shown once, used, revoked. What each may call is in {@link AuthorisationMatrixIT}. */
class ApiKeysIT {

    private static final String KEYS = "/api/user/api-keys";

    private final Product product = Product.shared();

    @Test
    void showsAKeyOnceAndStoresOnlyItsHash() throws SQLException, IOException {
        Api member = product.member();
        Api keyed = member.withHeader("Idempotency-Key", "make-key");
        String wish = Api.newKey("ci", "vpn:read");

        JsonObject made = keyed.post(KEYS, wish).expect(201).data();

        String text = made.getString("key");
        JsonObject key = made.getJsonObject("apiKey");
        assertThat(text).matches("vpn_[0-9A-Za-z]{49}");
        assertThat(text).endsWith(key.getString("preview").substring(5));
        member.withToken(text).get("/api/vpn/status").expect(200);

        Api.Answer again = keyed.post(KEYS, wish).expect(201);
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.data().containsKey("key")).isFalse();
        for (String shown : List.of(
                again.text(),
                member.get(KEYS).text(),
                member.get(KEYS + "/" + key.getString("id")).text(),
                contentOf("api_keys"),
                contentOf("outbox"),
                contentOf("idempotency_keys"),
                Files.readString(product.log()))) {
            assertThat(shown).doesNotContain(text);
        }
        assertThat(contentOf("api_keys")).contains(key.getString("id"));
    }

    @Test
    void notesWhenAKeyWasUsed() {
        Api member = product.member();
        JsonObject made = member.addKey("vpn:read");
        String path = KEYS + "/" + made.getJsonObject("apiKey").getString("id");
        assertThat(member.get(path).data().containsKey("lastUsedAt")).isFalse();

        member.withToken(made.getString("key")).get("/api/vpn/status").expect(200);

        assertThat(OffsetDateTime.parse(member.get(path).data().getString("lastUsedAt")))
                .isAfter(OffsetDateTime.now().minusMinutes(1));
    }

    @Test
    void stopsARevokedKeyAtOnce() {
        Api member = product.member();
        JsonObject made = member.addKey("vpn:read");
        Api program = member.withToken(made.getString("key"));
        program.get("/api/vpn/status").expect(200);

        member.delete(KEYS + "/" + made.getJsonObject("apiKey").getString("id")).expect(204);

        assertThat(told(program.get("/api/vpn/status"))).isEqualTo("401 INVALID_TOKEN");
        assertThat(member.get(KEYS).data().getInt("total")).isZero();
        assertThat(member.awaitAudit("api-key.revoked").getString("severity")).isEqualTo("WARNING");
    }

    @Test
    void stopsAKeyWhenItsTimeIsOver() {
        Api member = product.member();
        JsonObject made = member.post(
                        KEYS, Api.newKey("short", OffsetDateTime.now().plusSeconds(2), "vpn:read"))
                .expect(201)
                .data();
        Api program = member.withToken(made.getString("key"));
        program.get("/api/vpn/status").expect(200);

        await("the end of the key").atMost(Duration.ofSeconds(10)).until(() -> told(program.get("/api/vpn/status"))
                .equals("401 TOKEN_EXPIRED"));
    }

    @Test
    void stopsAllKeysOfASuspendedOwner() {
        Api admin = product.admin();
        Api member = product.member();
        Api program = member.withToken(member.addKey("vpn:read").getString("key"));
        program.get("/api/vpn/status").expect(200);
        String user = "/api/admin/users/" + member.get("/api/auth/me").data().getString("id");

        admin.post(user + "/suspend", "").expect(200);
        assertThat(told(program.get("/api/vpn/status"))).isEqualTo("401 INVALID_TOKEN");

        admin.post(user + "/restore", "").expect(200);
        await("the restored owner's key")
                .atMost(Duration.ofSeconds(2))
                .until(() -> program.get("/api/vpn/status").status() == 200);
    }

    /** A stolen key must not make what outlives it. */
    @Test
    void doesNotActAsASuperAdmin() {
        Api root = product.admin();
        JsonObject made = root.addKey("admin:read", "admin:write");
        Api program = root.withToken(made.getString("key"));
        String body = "{\"email\":\"%s\",\"password\":\"%s\",\"role\":\"%s\"}";

        assertThat(told(program.post(
                        "/api/admin/users", body.formatted(Api.newEmail(), Product.MEMBER_PASSWORD, "admin"))))
                .isEqualTo("403 NOT_PERMITTED");
        program.post("/api/admin/users", body.formatted(Api.newEmail(), Product.MEMBER_PASSWORD, "user"))
                .expect(201);
        root.delete(KEYS + "/" + made.getJsonObject("apiKey").getString("id")).expect(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "x"})
    void refusesALikenessOfAKey(String tail) {
        String key = product.member().addKey("vpn:read").getString("key");
        String likeness = tail.isEmpty() ? "vpn_" : key.substring(0, key.length() - 1) + (tail.equals("0") ? "" : "~");

        assertThat(told(product.anonymous().withToken(likeness).get("/api/vpn/status")))
                .isEqualTo("401 INVALID_TOKEN");
    }

    @ParameterizedTest(name = "{0} -> {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":"","scopes":["vpn:read"],"expiresAt":"<soon>"}            | 400 INVALID_API_KEY_NAME | name
            {"name":"a\\nb","scopes":["vpn:read"],"expiresAt":"<soon>"}       | 400 INVALID_API_KEY_NAME | name
            {"scopes":["vpn:read"],"expiresAt":"<soon>"}                      | 400 INVALID_API_KEY_NAME | name
            {"name":"k","scopes":[],"expiresAt":"<soon>"}                     | 400 INVALID_SCOPE        | scopes
            {"name":"k","expiresAt":"<soon>"}                                 | 400 INVALID_SCOPE        | scopes
            {"name":"k","scopes":["vpn"],"expiresAt":"<soon>"}                | 400 INVALID_SCOPE        | scopes
            {"name":"k","scopes":["*"],"expiresAt":"<soon>"}                  | 400 INVALID_SCOPE        | scopes
            {"name":"k","scopes":["vpn:read",null],"expiresAt":"<soon>"}      | 400 INVALID_SCOPE        | scopes
            {"name":"k","scopes":["admin:write"],"expiresAt":"<soon>"}        | 403 SCOPE_NOT_PERMITTED  | scopes
            {"name":"k","scopes":["vpn:read"]}                                | 400 INVALID_EXPIRY       | expiresAt
            {"name":"k","organisationId":"<any>","scopes":["organisations:read","vpn:read"],"expiresAt":"<soon>"} | 400 SCOPE_NOT_OF_ORGANISATION | scopes
            {"name":"k","scopes":["vpn:read"],"expiresAt":"tomorrow"}         | 400 INVALID_EXPIRY       | expiresAt
            {"name":"k","scopes":["vpn:read"],"expiresAt":"<past>"}           | 400 INVALID_EXPIRY       | expiresAt
            {"name":"k","scopes":["vpn:read"],"expiresAt":"<too far>"}        | 400 INVALID_EXPIRY       | expiresAt
            """)
    void refusesAWishThatHasNoMeaning(String wish, String told, String field) {
        Api member = product.member();
        OffsetDateTime now = OffsetDateTime.now();

        Api.Answer answer = member.post(
                KEYS,
                wish.replace("<soon>", now.plusDays(1).toString())
                        .replace("<any>", UUID.randomUUID().toString())
                        .replace("<past>", now.minusSeconds(1).toString())
                        .replace("<too far>", now.plusDays(367).toString()));

        assertThat(told(answer)).isEqualTo(told);
        assertThat(answer.json().getString("field")).isEqualTo(field);
        assertThat(member.get(KEYS).data().getInt("total")).isZero();
    }

    @Test
    void refusesASecondKeyOfTheSameName() {
        Api member = product.member();
        member.post(KEYS, Api.newKey("ci", "vpn:read")).expect(201);

        assertThat(told(member.post(KEYS, Api.newKey("ci", "vpn:write")))).isEqualTo("409 API_KEY_NAME_TAKEN");
        product.member().post(KEYS, Api.newKey("ci", "vpn:read")).expect(201);
    }

    private String contentOf(String table) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select =
                        connection.prepareStatement("SELECT string_agg(to_jsonb(t)::text, ' ') FROM " + table + " t")) {
            ResultSet row = select.executeQuery();
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private static String told(Api.Answer answer) {
        return answer.status() < 400 ? String.valueOf(answer.status()) : answer.status() + " " + answer.code();
    }
}
