package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What members hear of what concerns them: in the application, by push message, by mail. */
class NotificationsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String LIST = "/api/user/notifications";
    private static final String SETTINGS = LIST + "/settings";

    private final Product product = Product.shared();
    private final String email = Api.newEmail();
    private final Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);

    @Test
    void tellsTheMemberThatAKeyWasMade() {
        makeKey();

        await().atMost(LIMIT).until(() -> page("").getInt("unreadCount") == 1);
        JsonObject notification = items("").get(0);
        assertThat(notification.getString("title")).isEqualTo("An API key was made for your account");
        assertThat(notification.getString("category")).isEqualTo("security_alert");
        assertThat(notification.getString("level")).isEqualTo("warning");
    }

    @Test
    void marksAsReadAndRemoves() {
        makeKey();
        await().atMost(LIMIT).until(() -> page("").getInt("unreadCount") == 1);
        String id = items("").get(0).getString("id");

        member.send("PUT", LIST + "/" + id + "/read", null).expect(204);

        assertThat(page("").getInt("unreadCount")).isZero();
        assertThat(page("?filter=unread").getInt("total")).isZero();
        assertThat(items("").get(0).containsKey("readAt")).isTrue();

        member.delete(LIST + "/" + id).expect(204);

        assertThat(page("").getInt("total")).isZero();
    }

    @Test
    void mailsAboutTheAccountThoughAllIsTurnedOff() {
        set("{\"email\":false,\"push\":false,\"securityAlerts\":false}");

        makeKey();

        await().atMost(LIMIT).until(() -> mails(email).contains("api-key.created"));
        assertThat(page("").getInt("total")).isZero();
    }

    /** Else whoever took an account over makes keys until the mail about its new address is one too many. */
    @Test
    void mailsEachKindHoweverManyThereAreOfAnother() {
        for (int i = 0; i < 5; i++) {
            makeKey();
        }
        await().atMost(LIMIT).until(() -> page("").getInt("unreadCount") == 5);

        changeEmail();

        await().atMost(LIMIT).until(() -> mails(email).contains("user.email-change-asked"));
        assertThat(mails(email)).filteredOn("api-key.created"::equals).hasSize(3);
    }

    @Test
    void showsNothingWhereTheMemberWantsNothingInTheApplication() {
        set("{\"inApp\":false,\"marketingEmails\":true}");

        makeKey();

        await().atMost(LIMIT).until(() -> mails(email).contains("api-key.created"));
        assertThat(page("").getInt("total")).isZero();
    }

    @Test
    void keepsBothOfTwoChangesAtOnce() {
        for (int i = 0; i < 10; i++) {
            boolean on = i % 2 == 0;
            CompletableFuture<Void> one = CompletableFuture.runAsync(() -> set("{\"push\":" + on + "}"));
            set("{\"deviceEvents\":" + on + "}");
            one.join();

            JsonObject now = member.get(SETTINGS).expect(200).data();
            assertThat(List.of(now.getBoolean("push"), now.getBoolean("deviceEvents")))
                    .containsOnly(on);
        }
    }

    @Test
    void keepsWhatTheMemberWants() {
        JsonObject before = member.get(SETTINGS).expect(200).data();
        assertThat(before.getBoolean("email")).isTrue();
        assertThat(before.getBoolean("connectionEvents")).isFalse();

        set("{\"connectionEvents\":true}");

        JsonObject after = member.get(SETTINGS).expect(200).data();
        assertThat(after.getBoolean("connectionEvents")).isTrue();
        assertThat(after.getBoolean("email")).isTrue();
    }

    @Test
    void showsAHeldMailToAnAdminAndTellsTheMember() {
        Api admin = product.plainAdmin();
        await().atMost(LIMIT).until(() -> mails(email).contains("verify-email"));
        String id = mail(admin, email).getString("id");

        JsonObject read = admin.get("/api/admin/mails/" + id).expect(200).data();

        assertThat(read.getString("link")).contains("/verify-email#token=");
        assertThat(read.getJsonObject("mail").getString("state")).isEqualTo("held");
        assertThat(admin.get("/api/admin/dashboard/stats")
                        .expect(200)
                        .data()
                        .getJsonObject("figures")
                        .getJsonObject("deliveries")
                        .getInt("held"))
                .isPositive();
        await().atMost(LIMIT).until(() -> items("").stream()
                .anyMatch(item -> item.getString("action").equals("mail.read")));
    }

    /** Else an admin could set a super admin's password through a held mail. */
    @Test
    void showsAMailToAnAdminOnlyToASuperAdmin() {
        product.anonymous()
                .post(
                        "/api/auth/forgot-password",
                        Json.createObjectBuilder()
                                .add("email", Product.ADMIN_EMAIL)
                                .build())
                .expect(202);
        Api superAdmin = product.admin();
        await().atMost(LIMIT).until(() -> mails(Product.ADMIN_EMAIL).contains("reset-password"));
        String id = mail(superAdmin, Product.ADMIN_EMAIL).getString("id");

        assertThat(product.plainAdmin()
                        .get("/api/admin/mails/" + id)
                        .expect(403)
                        .code())
                .isEqualTo("NOT_PERMITTED");
        superAdmin.get("/api/admin/mails/" + id).expect(200);
    }

    @Test
    void pushesWhatOnlyTheBrowserCanRead() throws java.text.ParseException {
        try (PushBrowser browser = new PushBrowser()) {
            String key = product.anonymous()
                    .get("/api/push/vapid-public-key")
                    .expect(200)
                    .data()
                    .getString("publicKey");
            member.post("/api/user/push-subscriptions", browser.subscription()).expect(201);

            makeKey();

            PushBrowser.Sent sent = browser.next();
            assertThat(sent.encoding()).isEqualTo("aes128gcm");
            assertThat(sent.ttl()).isEqualTo("86400");
            assertThat(browser.decrypted(sent)).contains("\"title\":\"An API key was made for your account\"");
            JWTClaimsSet claims = PushBrowser.verified(sent, key);
            assertThat(claims.getAudience()).containsExactly(browser.origin());
            // There is neither a mail server nor a public URL of https: nobody to reach.
            assertThat(claims.getSubject()).isNull();
            assertThat(claims.getExpirationTime().toInstant())
                    .isBetween(Instant.now(), Instant.now().plus(Duration.ofHours(24)));
        }
    }

    @Test
    void pushesAgainLaterWhereThePushServiceIsBusy() {
        try (PushBrowser browser = new PushBrowser()) {
            browser.answer(429);
            member.post("/api/user/push-subscriptions", browser.subscription()).expect(201);

            makeKey();

            String first = browser.decrypted(browser.next());
            assertThat(browser.decrypted(browser.next())).isEqualTo(first);
        }
    }

    @Test
    void forgetsABrowserThatIsGone() {
        try (PushBrowser browser = new PushBrowser()) {
            browser.answer(410);
            member.post("/api/user/push-subscriptions", browser.subscription()).expect(201);

            makeKey();

            browser.next();
            await().atMost(LIMIT).until(() -> member.get("/api/user/push-subscriptions")
                    .data()
                    .getJsonArray("items")
                    .isEmpty());
        }
    }

    @Test
    void addsTheSameBrowserManyTimesAtOnce() {
        String browser = PushBrowser.SUBSCRIPTION.formatted(UUID.randomUUID());
        List<CompletableFuture<Integer>> answers = Stream.generate(() -> CompletableFuture.supplyAsync(() ->
                        member.post("/api/user/push-subscriptions", browser).status()))
                .limit(8)
                .toList();

        assertThat(answers).extracting(CompletableFuture::join).containsOnly(201);
        assertThat(member.get("/api/user/push-subscriptions").data().getJsonArray("items"))
                .hasSize(1);
    }

    @Test
    void keepsTheThousandNewestOfEachMemberAndWebhook() {
        String webhook = UUID.randomUUID().toString();
        sql("""
                INSERT INTO notifications (id, user_id, event_id, category, level, action, title, body, created_at)
                SELECT gen_random_uuid(), id, gen_random_uuid(), 'system', 'info', '', '', '', now() - n * interval '1 second'
                FROM users, generate_series(1, 1005) AS n WHERE email = '%s'""".formatted(email));
        sql("""
                INSERT INTO deliveries (id, channel, lane, destination, event_id, type, state, created_at, finished_at)
                SELECT gen_random_uuid(), 'WEBHOOK', 'test', '%s', gen_random_uuid(), 'n' || n, 'DELIVERED',
                       now() - n * interval '1 second', now()
                FROM generate_series(1, 1005) AS n""".formatted(webhook));

        await().atMost(LIMIT).until(() -> page("").getInt("total") == 1_000);
        await().atMost(LIMIT).until(() -> newestAndOldest(webhook).equals("1000 n1 n1000"));
    }

    @Test
    void keepsTheTenNewestBrowsers() {
        for (int i = 0; i < 11; i++) {
            member.post("/api/user/push-subscriptions", PushBrowser.SUBSCRIPTION.formatted(UUID.randomUUID()))
                    .expect(201);
        }

        assertThat(member.get("/api/user/push-subscriptions").data().getJsonArray("items"))
                .hasSize(10);
    }

    @Test
    void refusesASubscriptionThatIsNone() {
        for (String bad : List.of(
                "{}",
                "{\"endpoint\":\"ftp://127.0.0.1/\",\"keys\":{}}",
                PushBrowser.SUBSCRIPTION.formatted("x").replace("BCVxsr7N", "BCVxsr7M"),
                PushBrowser.SUBSCRIPTION.formatted("x").replace("BTBZMqHH6r4Tts7J_aSIgg", "short"),
                // So long that a check of the square of its length would take minutes.
                PushBrowser.SUBSCRIPTION.formatted("x").replace("BTBZMqHH6r4Tts7J_aSIgg", "=".repeat(900_000) + "x"))) {
            assertThat(member.post("/api/user/push-subscriptions", bad)
                            .expect(400)
                            .code())
                    .as(bad.substring(0, Math.min(bad.length(), 300)))
                    .isEqualTo("INVALID_PUSH_SUBSCRIPTION");
        }
    }

    private String newestAndOldest(String webhook) {
        try (Connection connection = product.database().connect();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("""
                        SELECT count(*) || ' ' || (array_agg(type ORDER BY created_at DESC))[1] || ' '
                               || (array_agg(type ORDER BY created_at))[1]
                        FROM deliveries WHERE destination = '%s'""".formatted(webhook))) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void sql(String statement) {
        try (Connection connection = product.database().connect();
                Statement sql = connection.createStatement()) {
            sql.executeUpdate(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What matters to a member. */
    private void makeKey() {
        member.post(
                        "/api/user/api-keys",
                        Json.createObjectBuilder()
                                .add("name", "backup " + UUID.randomUUID())
                                .add("scopes", Json.createArrayBuilder().add("vpn:read"))
                                .add(
                                        "expiresAt",
                                        OffsetDateTime.now().plusDays(1).toString())
                                .build())
                .expect(201);
    }

    private void changeEmail() {
        member.send(
                        "PUT",
                        "/api/user/email",
                        Json.createObjectBuilder()
                                .add("password", Product.MEMBER_PASSWORD)
                                .add("email", Api.newEmail())
                                .build()
                                .toString())
                .expect(202);
    }

    private void set(String settings) {
        member.send("PUT", SETTINGS, settings).expect(200);
    }

    private JsonObject page(String query) {
        return member.get(LIST + query).expect(200).data();
    }

    private List<JsonObject> items(String query) {
        return page(query).getJsonArray("items").getValuesAs(JsonObject.class);
    }

    private List<String> mails(String to) {
        return all(product.admin()).stream()
                .filter(mail -> mail.getString("to").equals(to))
                .map(mail -> mail.getString("type"))
                .toList();
    }

    private static JsonObject mail(Api admin, String to) {
        return all(admin).stream()
                .filter(mail -> mail.getString("to").equals(to))
                .filter(mail -> !mail.getString("type").contains("."))
                .findFirst()
                .orElseThrow();
    }

    private static List<JsonObject> all(Api admin) {
        return admin.get("/api/admin/mails?pageSize=100")
                .expect(200)
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class);
    }
}
