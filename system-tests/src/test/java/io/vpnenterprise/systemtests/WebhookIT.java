package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.systemtests.WebhookReceiver.Manner;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Webhooks against receivers that fail in every way, with an application node that is killed meanwhile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebhookIT {

    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final long DEADLINE_SECONDS = 2;
    private static final int SLOW_RECEIVERS = 40;
    private static final int EVENTS = Integer.getInteger("webhooks.events", 24);

    private final Cleanup cleanup = new Cleanup();
    private Product product;
    private Api member;

    @BeforeAll
    void start() {
        product = cleanup.add(Product.start(Map.of(
                "VPN_WEBHOOKS_DEADLINE", "PT" + DEADLINE_SECONDS + "S",
                "VPN_NOTIFICATIONS_RETRY_FIRST", "PT0.3S",
                "VPN_NOTIFICATIONS_RETRY_MOST", "PT2S")));
        member = product.member();
    }

    @AfterAll
    void stop() {
        cleanup.close();
    }

    @Test
    void hasOneEffectForEachEventWhateverHappens() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        List<Manner> manners = List.of(
                Manner.TAKE,
                Manner.TAKE,
                Manner.TAKE,
                Manner.TAKE,
                Manner.FAIL,
                Manner.HANG_UP,
                Manner.TAKE_AND_HANG_UP,
                Manner.DAWDLE);
        WebhookReceiver receiver = cleanup.add(new WebhookReceiver(DEADLINE_SECONDS + 1, () -> {
            synchronized (random) {
                return manners.get(random.nextInt(manners.size()));
            }
        }));
        JsonObject webhook = add(member, receiver, "*");
        Set<String> events = new HashSet<>();
        for (int i = 0; i < EVENTS; i++) {
            events.add(test(webhook));
            if (i == EVENTS / 2) {
                await().atMost(LIMIT).until(() -> receiver.calls.size() >= 5);
                product.kill();
                product.startServer();
            }
        }

        await().atMost(LIMIT).until(() -> deliveries(webhook, "delivered").size() == EVENTS);

        System.out.printf(
                "seed %d: %d events, %d calls, %d effects, %d complaints%n",
                seed, EVENTS, receiver.calls.size(), receiver.effects.size(), receiver.complaints.size());
        assertThat(receiver.complaints).isEmpty();
        assertThat(receiver.effects.keySet()).isEqualTo(events);
        assertThat(receiver.effects.values()).allMatch(count -> count.get() == 1);
        assertThat(receiver.calls).as("some came more than once").hasSizeGreaterThan(EVENTS);
    }

    /** More slow ones than there are workers, each with more to do than it is quick to answer. */
    @Test
    void doesNotLetSlowReceiversHoldUpAnother() {
        WebhookReceiver slow = cleanup.add(new WebhookReceiver(DEADLINE_SECONDS + 1, () -> Manner.DAWDLE));
        WebhookReceiver quick = cleanup.add(WebhookReceiver.taking());
        JsonObject toQuick = add(member, quick, "*");
        List<Api> owners = List.of(product.member(), product.member(), product.member(), product.member());
        for (Api owner : owners) {
            for (int i = 0; i < SLOW_RECEIVERS / owners.size(); i++) {
                JsonObject toSlow = owner.post("/api/webhooks", spec(slow.url(), "*"))
                        .expect(201)
                        .data()
                        .getJsonObject("webhook");
                for (int event = 0; event < 5; event++) {
                    owner.post(path(toSlow) + "/test", "").expect(202);
                }
            }
        }
        await().atMost(LIMIT).until(() -> slow.calls.size() >= SLOW_RECEIVERS);

        int before = slow.calls.size();
        for (int i = 0; i < 20; i++) {
            test(toQuick);
        }
        await().atMost(LIMIT).until(() -> quick.effects.size() == 20);
        int meanwhile = slow.calls.size() - before;

        System.out.printf("20 calls of the quick one beside %d of the slow ones%n", meanwhile);
        assertThat(meanwhile).as("in a line behind all that wait").isLessThan(SLOW_RECEIVERS * 2);
        assertThat(slow.effects).isEmpty();
        owners.forEach(this::removeAll);
    }

    @Test
    void keepsTheAnswerAndFollowsNoRedirect() {
        WebhookReceiver receiver = cleanup.add(new WebhookReceiver(0, () -> Manner.REDIRECT));
        JsonObject webhook = add(member, receiver, "*");
        test(webhook);

        await().atMost(LIMIT).until(() -> receiver.calls.size() >= 2);

        JsonObject delivery = deliveries(webhook, "waiting").get(0);
        assertThat(delivery.getInt("lastStatus")).isEqualTo(302);
        assertThat(delivery.getString("lastAnswer")).isEqualTo("answer 302");
        remove(webhook);
    }

    @Test
    void replaysUnderTheSameId() {
        WebhookReceiver receiver = cleanup.add(WebhookReceiver.taking());
        JsonObject webhook = add(member, receiver, "*");
        String event = test(webhook);
        await().atMost(LIMIT).until(() -> deliveries(webhook, "delivered").size() == 1);

        member.post(
                        path(webhook) + "/deliveries/"
                                + deliveries(webhook, "delivered").get(0).getString("id") + "/replay",
                        "")
                .expect(202);

        await().atMost(LIMIT).until(() -> receiver.calls.size() == 2);
        assertThat(receiver.calls).extracting(call -> call.getString("id")).containsOnly(event);
        assertThat(receiver.effects).hasSize(1);
        assertThat(receiver.complaints).isEmpty();
    }

    @Test
    void signsWithBothSecretsWhileTheyChange() {
        WebhookReceiver receiver = cleanup.add(WebhookReceiver.taking());
        JsonObject added = added(member, "/api/webhooks", receiver, "*");
        JsonObject webhook = added.getJsonObject("webhook");
        String rotated = member.post(path(webhook) + "/rotate-secret", "")
                .expect(200)
                .data()
                .getString("secret");
        receiver.expect(added.getString("secret"), rotated);

        test(webhook);

        await().atMost(LIMIT).until(() -> receiver.effects.size() == 1);
        assertThat(receiver.complaints).isEmpty();
        assertThat(member.get(path(webhook)).data().containsKey("secret")).isFalse();
    }

    @Test
    void disablesWhatIsGoneAndTellsTheOwner() {
        Api owner = product.member();
        WebhookReceiver receiver = cleanup.add(new WebhookReceiver(0, () -> Manner.GONE));
        JsonObject webhook = add(owner, receiver, "*");
        owner.post(path(webhook) + "/test", "").expect(202);

        await().atMost(LIMIT).until(() -> !owner.get(path(webhook)).data().getBoolean("enabled"));

        await().atMost(LIMIT).until(() -> actions(owner).contains("webhook.disabled"));
        int calls = receiver.calls.size();
        assertThat(owner.post(path(webhook) + "/test", "").expect(409).code()).isEqualTo("WEBHOOK_DISABLED");
        assertThat(receiver.calls).hasSize(calls);
    }

    @Test
    void givesUpInTheEndAndTellsTheOwnerOnce() {
        Api owner = product.member();
        WebhookReceiver receiver = cleanup.add(new WebhookReceiver(0, () -> Manner.FAIL));
        JsonObject webhook = add(owner, receiver, "*");
        String id = webhook.getString("id");
        for (int i = 0; i < 3; i++) {
            owner.post(path(webhook) + "/test", "").expect(202);
        }
        await().atMost(LIMIT).until(() -> receiver.calls.size() >= 3);

        sql("UPDATE deliveries SET queued_at = now() - interval '4 days' WHERE destination = '" + id + "'");

        await().atMost(LIMIT)
                .until(() -> owner.get(path(webhook) + "/deliveries?state=failed")
                                .data()
                                .getInt("total")
                        == 3);
        await().atMost(LIMIT).until(() -> actions(owner).contains("webhook.failing"));
        assertThat(actions(owner)).filteredOn("webhook.failing"::equals).hasSize(1);

        sql("UPDATE webhooks SET failing_since = now() - interval '6 days' WHERE id = '" + id + "'");
        int before = receiver.calls.size();
        owner.post(path(webhook) + "/test", "").expect(202);
        await().atMost(LIMIT).until(() -> receiver.calls.size() >= before + 2);
        assertThat(owner.get(path(webhook)).data().getBoolean("enabled"))
                .as("one that fails for now, perhaps the first after days without a call")
                .isTrue();

        sql("UPDATE deliveries SET queued_at = now() - interval '4 days' WHERE destination = '" + id + "'");

        await().atMost(LIMIT).until(() -> actions(owner).contains("webhook.disabled"));
        assertThat(owner.get(path(webhook)).data().getBoolean("enabled")).isFalse();
    }

    @Test
    void tellsAMemberOfHisOwnEventsAndAdminsOfAll() {
        String ann = Api.newEmail();
        Api annsCalls = product.anonymous().signUp(ann, Product.MEMBER_PASSWORD);
        WebhookReceiver anns = cleanup.add(WebhookReceiver.taking());
        WebhookReceiver admins = cleanup.add(WebhookReceiver.taking());
        add(annsCalls, anns, "user.login");
        Api admin = product.admin();
        JsonObject platform =
                added(admin, "/api/admin/webhooks", admins, "user.login").getJsonObject("webhook");

        Api ben = product.member();
        product.anonymous().signIn(ann, Product.MEMBER_PASSWORD);

        await().atMost(LIMIT).until(() -> !anns.effects.isEmpty() && admins.effects.size() >= 2);
        assertThat(anns.calls).hasSize(1);
        assertThat(anns.calls.get(0).getString("type")).isEqualTo("user.login");
        JsonObject data = anns.calls.get(0).getJsonObject("data");
        assertThat(data.getJsonObject("actor").getString("name")).isEqualTo(ann);
        assertThat(ben.get("/api/webhooks").data().getInt("total")).isZero();
        admin.delete("/api/admin/webhooks/" + platform.getString("id")).expect(204);
    }

    /** A thief's webhook would outlive the session that he stole. */
    @Test
    void wantsARecentSignInFromWhoeverAddsOrChangesHisOwn() {
        String email = Api.newEmail();
        Api thief = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        WebhookReceiver receiver = cleanup.add(WebhookReceiver.taking());
        JsonObject webhook = add(thief, receiver, "*");
        sql("UPDATE sessions SET created_at = now() - interval '1 hour' WHERE user_id ="
                + " (SELECT id FROM users WHERE email = '" + email + "')");

        for (Api.Answer answer : List.of(
                thief.post("/api/webhooks", spec(receiver.url(), "*")),
                thief.send("PUT", path(webhook), spec(receiver.url(), "*").toString()),
                thief.post("/api/user/push-subscriptions", PushBrowser.SUBSCRIPTION.formatted("thief")))) {
            assertThat(answer.expect(403).code()).isEqualTo("CONFIRMATION_NEEDED");
        }
    }

    @Test
    void disablesWhatAThiefLeftWhenTheOwnerTakesHisAccountBack() {
        String email = Api.newEmail();
        Api owner = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        WebhookReceiver receiver = cleanup.add(WebhookReceiver.taking());
        JsonObject webhook = add(owner, receiver, "*");
        owner.post("/api/user/push-subscriptions", PushBrowser.SUBSCRIPTION.formatted(email))
                .expect(201);
        product.anonymous()
                .post(
                        "/api/auth/forgot-password",
                        Json.createObjectBuilder().add("email", email).build())
                .expect(202);
        await().atMost(LIMIT)
                .until(() -> count("SELECT count(*) FROM account_links WHERE purpose = 'RESET_PASSWORD' AND email = '"
                                + email + "'")
                        == 1);

        product.anonymous()
                .post(
                        "/api/auth/reset-password",
                        Json.createObjectBuilder()
                                .add("token", new MailedLinks(product).token(email, "RESET_PASSWORD"))
                                .add("newPassword", "one that no thief knows")
                                .build())
                .expect(200);

        Api again = product.anonymous().signIn(email, "one that no thief knows");
        await().atMost(LIMIT).until(() -> !again.get(path(webhook)).data().getBoolean("enabled"));
        assertThat(again.get("/api/user/push-subscriptions").data().getJsonArray("items"))
                .isEmpty();
        await().atMost(LIMIT).until(() -> actions(again).contains("webhook.disabled"));
        assertThat(actions(again)).contains("webhook.created", "push-subscription.added");
        assertThat(receiver.calls)
                .extracting(call -> call.getJsonObject("data").getString("action"))
                .doesNotContain("user.password-reset");
    }

    @Test
    void tellsSuperAdminsOfANewWebhookOfThePlatform() {
        WebhookReceiver receiver = cleanup.add(WebhookReceiver.taking());
        Api admin = product.plainAdmin();
        JsonObject webhook =
                added(admin, "/api/admin/webhooks", receiver, "user.deleted").getJsonObject("webhook");

        await().atMost(LIMIT).until(() -> actions(product.admin()).contains("platform-webhook.created"));

        assertThat(actions(admin)).doesNotContain("platform-webhook.created");
        admin.delete("/api/admin/webhooks/" + webhook.getString("id")).expect(204);
    }

    @Test
    void isSilentWhileItsOwnerIsSuspended() {
        String email = Api.newEmail();
        Api owner = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        WebhookReceiver receiver = cleanup.add(WebhookReceiver.taking());
        add(owner, receiver, "*");
        String id = owner.get("/api/auth/me").expect(200).data().getString("id");

        product.admin().post("/api/admin/users/" + id + "/suspend", "").expect(200);

        await().atMost(LIMIT).until(() -> count("SELECT count(*) FROM outbox WHERE delivered_at IS NULL") == 0);
        assertThat(count("SELECT count(*) FROM deliveries WHERE channel = 'WEBHOOK' AND user_id = '" + id + "'"))
                .isZero();
        assertThat(receiver.calls).isEmpty();
    }

    @Test
    void refusesWhatItCannotCallOrDoesNotPublish() {
        assertThat(refused("ftp://127.0.0.1/", "*")).isEqualTo("INVALID_WEBHOOK_URL");
        assertThat(refused("http://user@127.0.0.1/", "*")).isEqualTo("INVALID_WEBHOOK_URL");
        assertThat(refused("http://no-such-name.invalid/", "*")).isEqualTo("INVALID_WEBHOOK_URL");
        assertThat(refused("http://127.0.0.1/", "user.sneezed")).isEqualTo("INVALID_WEBHOOK_EVENTS");
        assertThat(refused("http://127.0.0.1/")).isEqualTo("INVALID_WEBHOOK_EVENTS");
        assertThat(member.post("/api/webhooks", "{\"url\":\"http://127.0.0.1/\",\"events\":[null]}")
                        .expect(400)
                        .code())
                .isEqualTo("INVALID_WEBHOOK_EVENTS");
        assertThat(member.get("/api/webhooks/events")
                        .data()
                        .getJsonArray("events")
                        .toString())
                .contains("user.created", "user.updated", "user.deleted", "user.login", "vpn.connected");
    }

    private String refused(String url, String... events) {
        return member.post("/api/webhooks", spec(url, events)).expect(400).code();
    }

    private JsonObject add(Api owner, WebhookReceiver receiver, String... events) {
        return added(owner, "/api/webhooks", receiver, events).getJsonObject("webhook");
    }

    private JsonObject added(Api owner, String list, WebhookReceiver receiver, String... events) {
        // What happened before, such as the owner's sign-up, shall not be heard by it.
        await().atMost(LIMIT).until(() -> count("SELECT count(*) FROM outbox WHERE delivered_at IS NULL") == 0);
        JsonObject added =
                owner.post(list, spec(receiver.url(), events)).expect(201).data();
        receiver.expect(added.getString("secret"));
        return added;
    }

    private static JsonObject spec(String url, String... events) {
        JsonArrayBuilder names = Json.createArrayBuilder();
        List.of(events).forEach(names::add);
        return Json.createObjectBuilder().add("url", url).add("events", names).build();
    }

    private String test(JsonObject webhook) {
        return member.post(path(webhook) + "/test", "").expect(202).data().getString("eventId");
    }

    private List<JsonObject> deliveries(JsonObject webhook, String state) {
        return member.get(path(webhook) + "/deliveries?pageSize=100&state=" + state)
                .expect(200)
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class);
    }

    private void remove(JsonObject webhook) {
        member.delete(path(webhook)).expect(204);
    }

    private void removeAll(Api owner) {
        owner.get("/api/webhooks?pageSize=100")
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .forEach(webhook -> owner.delete(path(webhook)).expect(204));
    }

    private static String path(JsonObject webhook) {
        return "/api/webhooks/" + webhook.getString("id");
    }

    private static List<String> actions(Api owner) {
        return owner
                .get("/api/user/notifications?pageSize=100")
                .expect(200)
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .map(notification -> notification.getString("action"))
                .collect(Collectors.toList());
    }

    private long count(String query) {
        try (Connection connection = product.database().connect();
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
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
}
