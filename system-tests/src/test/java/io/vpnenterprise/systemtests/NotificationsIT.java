package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
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

        await().atMost(LIMIT).until(() -> mails(email).contains("alert"));
        assertThat(page("").getInt("total")).isZero();
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
            assertThat(claims.getSubject()).isEqualTo(product.url().toString().replace("127.0.0.1", "localhost"));
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
                PushBrowser.SUBSCRIPTION.formatted("x").replace("BTBZMqHH6r4Tts7J_aSIgg", "short"))) {
            assertThat(member.post("/api/user/push-subscriptions", bad)
                            .expect(400)
                            .code())
                    .as(bad)
                    .isEqualTo("INVALID_PUSH_SUBSCRIPTION");
        }
    }

    /** What matters to a member. */
    private void makeKey() {
        member.post(
                        "/api/user/api-keys",
                        Json.createObjectBuilder()
                                .add("name", "backup")
                                .add("scopes", Json.createArrayBuilder().add("vpn:read"))
                                .add(
                                        "expiresAt",
                                        OffsetDateTime.now().plusDays(1).toString())
                                .build())
                .expect(201);
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
                .filter(mail -> !mail.getString("type").equals("alert"))
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
