package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a session: the rule for used refresh tokens row by row, its list, its ends. Time passes by making its
 * rows older; {@link RefreshRaceIT} leaves the clock alone.
 */
class SessionsIT {

    private static final String SESSIONS = "/api/user/sessions";

    private final Product product = Product.shared();
    private final String email = Api.newEmail();
    private final Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);

    private Api.Answer refresh(String token) {
        return product.anonymous().post("/api/auth/refresh", "{\"refreshToken\":\"" + token + "\"}");
    }

    private String successor(String token) {
        return refresh(token).expect(200).data().getString("refreshToken");
    }

    /** As if the session had not been touched for so long. */
    private void passes(String interval) {
        String id = member.sessionId();
        execute(
                "UPDATE sessions SET refreshed_at = refreshed_at - ?::interval, last_used_at = last_used_at - ?::interval"
                        + " WHERE id = ?::uuid",
                interval,
                interval,
                id);
        execute(
                "UPDATE refresh_tokens SET created_at = created_at - ?::interval WHERE session_id = ?::uuid",
                interval,
                id);
    }

    private void execute(String sql, String... arguments) {
        try (Connection connection = product.database().connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 1, arguments[i]);
            }
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertEndedForReplay(String replayed, List<String> others) throws SQLException {
        String user = userId(member).toString();

        assertThat(refresh(replayed).expect(401).code()).isEqualTo("REFRESH_TOKEN_INVALID");

        assertThat(member.get("/api/auth/me").expect(401).code()).isEqualTo("INVALID_TOKEN");
        others.forEach(other -> refresh(other).expect(401));
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement(
                        "SELECT payload->>'severity', payload->>'subjectId' FROM outbox"
                                + " WHERE payload->>'action' = 'refresh-token.replayed' AND payload->'target'->>'id' = ?")) {
            select.setString(1, member.sessionId());
            ResultSet row = select.executeQuery();
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("CRITICAL");
            assertThat(row.getString(2)).isEqualTo(user);
            assertThat(row.next()).as("said once").isFalse();
        }
    }

    private static UUID userId(Api user) {
        return UUID.fromString(user.get("/api/auth/me").expect(200).data().getString("id"));
    }

    @Test
    void notesWhenAUserSignedInLast() throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select =
                        connection.prepareStatement("SELECT last_sign_in_at FROM users WHERE email = ?")) {
            select.setString(1, email);
            ResultSet row = select.executeQuery();
            row.next();
            assertThat(row.getObject(1, OffsetDateTime.class))
                    .isCloseTo(OffsetDateTime.now(), within(1, ChronoUnit.MINUTES));
        }
    }

    // Refresh tokens

    @Test
    void givesEveryTabTheSameSuccessorWithinTheGrace() {
        String first = member.refreshToken();

        String next = successor(first);

        assertThat(successor(first)).isEqualTo(next);
        String afterNext = successor(next);
        assertThat(successor(first)).as("a slow tab").isEqualTo(next);
        assertThat(successor(next)).isEqualTo(afterNext);
        assertThat(successor(afterNext)).isNotIn(first, next, afterNext);
        member.get("/api/auth/me").expect(200);
    }

    @Test
    void givesAnotherSuccessorToAClientThatLostTheReplyAndSlept() {
        String first = member.refreshToken();
        String lost = successor(first);
        passes("3 hours");

        String next = successor(first);

        assertThat(next).isNotEqualTo(lost);
        assertThat(successor(first)).as("within the grace of that").isEqualTo(next);
        passes("3 hours");
        String third = successor(first);
        assertThat(third).isNotIn(lost, next);
        successor(third);
        member.get("/api/auth/me").expect(200);
    }

    @Test
    void endsTheSessionWhenASupersededTokenComes() throws SQLException {
        String first = member.refreshToken();
        String ofThief = successor(first);
        passes("1 minute");
        String ofOwner = successor(first);

        assertEndedForReplay(ofThief, List.of(first, ofOwner));
    }

    @Test
    void endsTheSessionWhenATokenComesWhoseSuccessorWasUsed() throws SQLException {
        String first = member.refreshToken();
        String second = successor(first);
        String third = successor(second);
        passes("1 minute");

        assertEndedForReplay(first, List.of(second, third));
    }

    @Test
    void endsNoSessionForATokenItNeverGave() {
        refresh(member.refreshToken() + "x").expect(401);
        refresh("A".repeat(43)).expect(401);

        member.get("/api/auth/me").expect(200);
        successor(member.refreshToken());
    }

    @Test
    void endsASessionThatNobodyUsedForLong() {
        passes("13 days");
        String next = successor(member.refreshToken());
        passes("15 days");

        refresh(next).expect(401);
        Api other = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        assertThat(other.get(SESSIONS).data().getInt("total")).isEqualTo(1);
    }

    // Devices

    @Test
    void tellsOfASignInFromADeviceAtANewPlaceAndOnlyOnce() {
        Api phone = product.anonymous().withHeader("User-Agent", "phone/1");
        product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        phone.signIn(email, Product.MEMBER_PASSWORD);

        JsonObject told = member.awaitAudit("user.signed-in-from-unknown-device");
        assertThat(told.getString("severity")).isEqualTo("WARNING");
        assertThat(told.getJsonObject("target").getString("name")).isEqualTo("phone/1");

        phone.signIn(email, Product.MEMBER_PASSWORD);
        phone.withHeader("X-Forwarded-For", "203.0.113.41").signIn(email, Product.MEMBER_PASSWORD);

        await("the third device").atMost(Duration.ofSeconds(30)).until(() -> entries("known-device.added") == 3);
        await("the second place")
                .atMost(Duration.ofSeconds(30))
                .until(() -> entries("user.signed-in-from-unknown-device") == 2);
    }

    private long entries(String action) {
        return member
                .get("/api/user/audit?pageSize=100")
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(entry -> entry.getString("action").equals(action))
                .count();
    }

    @Test
    void forgetsNoOtherDeviceForAClientThatKeepsNoToken() {
        Api laptop = product.anonymous().withHeader("User-Agent", "laptop/1");
        String credentials = "{\"email\":\"%s\",\"password\":\"%s\"%s}";
        String token = laptop.post("/api/auth/login", credentials.formatted(email, Product.MEMBER_PASSWORD, ""))
                .expect(200)
                .data()
                .getString("deviceToken");

        for (int i = 0; i < 12; i++) {
            product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        }

        String presented = ",\"deviceToken\":\"" + token + "\"";
        assertThat(laptop.post("/api/auth/login", credentials.formatted(email, Product.MEMBER_PASSWORD, presented))
                        .expect(200)
                        .data()
                        .getString("deviceToken"))
                .isEqualTo(token);
    }

    // The list

    @Test
    void listsWhereTheCallerIsSignedIn() {
        Api phone =
                product.anonymous().withHeader("User-Agent", "phone/1 \u00e4").signIn(email, Product.MEMBER_PASSWORD);
        product.member();

        JsonObject page = member.get(SESSIONS).expect(200).data();

        assertThat(page.getInt("total")).isEqualTo(2);
        List<JsonObject> items = page.getJsonArray("items").getValuesAs(JsonObject.class);
        assertThat(items)
                .extracting(item -> item.getString("id"))
                .containsExactlyInAnyOrder(member.sessionId(), phone.sessionId());
        for (JsonObject item : items) {
            boolean current = item.getString("id").equals(member.sessionId());
            assertThat(item.getBoolean("current")).isEqualTo(current);
            assertThat(item.getString("userAgent")).startsWith(current ? "Java-http-client" : "phone/1 ");
            assertThat(item.getString("address")).isEqualTo("127.0.0.1");
            assertThat(item.getString("method")).isEqualTo("password");
            assertThat(item.keySet()).contains("createdAt", "lastUsedAt", "expiresAt");
        }
    }

    @Test
    void notesTheLastUseOnceAMinute() {
        passes("10 minutes");

        // The first call may rest on what was remembered.
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(OffsetDateTime.parse(lastUse()))
                .isCloseTo(OffsetDateTime.now(), within(5, ChronoUnit.SECONDS)));

        String noted = lastUse();
        await().during(Duration.ofSeconds(1)).until(() -> lastUse().equals(noted));
    }

    private String lastUse() {
        return member.get(SESSIONS)
                .expect(200)
                .data()
                .getJsonArray("items")
                .getJsonObject(0)
                .getString("lastUsedAt");
    }

    @Test
    void endsOneOrAllOthers() {
        Api phone = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        Api tablet = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        Api stranger = product.member();

        assertThat(stranger.delete(SESSIONS + "/" + phone.sessionId())
                        .expect(404)
                        .code())
                .isEqualTo("SESSION_NOT_FOUND");
        phone.get("/api/auth/me").expect(200);
        member.delete(SESSIONS + "/" + phone.sessionId()).expect(204);
        assertThat(phone.get("/api/auth/me").expect(401).code()).isEqualTo("INVALID_TOKEN");
        refresh(phone.refreshToken()).expect(401);
        assertThat(member.delete(SESSIONS + "/" + phone.sessionId()).expect(404).code())
                .isEqualTo("SESSION_NOT_FOUND");

        assertThat(member.delete(SESSIONS).expect(200).data().getInt("ended")).isEqualTo(1);
        tablet.get("/api/auth/me").expect(401);
        member.get("/api/auth/me").expect(200);
        stranger.get("/api/auth/me").expect(200);
    }
}
