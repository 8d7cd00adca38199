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
    private static final int EVENTS = Integer.getInteger("webhooks.events", 40);

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
                Manner.FAIL,
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

    @Test
    void doesNotLetASlowReceiverHoldUpAnother() {
        WebhookReceiver slow = cleanup.add(new WebhookReceiver(DEADLINE_SECONDS + 1, () -> Manner.DAWDLE));
        WebhookReceiver quick = cleanup.add(WebhookReceiver.taking());
        JsonObject toSlow = add(member, slow, "*");
        JsonObject toQuick = add(member, quick, "*");
        for (int i = 0; i < 20; i++) {
            test(toSlow);
        }
        await().atMost(LIMIT).until(() -> !slow.calls.isEmpty());

        long began = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            test(toQuick);
        }
        await().atMost(LIMIT).until(() -> quick.effects.size() == 20);
        Duration took = Duration.ofNanos(System.nanoTime() - began);

        System.out.printf("20 calls of the quick one in %d ms, beside a slow one%n", took.toMillis());
        assertThat(deliveries(toSlow, "delivered")).isEmpty();
        assertThat(slow.effects).isEmpty();
        remove(toSlow);
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
        owner.post(path(webhook) + "/test", "").expect(202);
        await().atMost(LIMIT)
                .until(() -> owner.get(path(webhook) + "/deliveries?state=failed")
                                .data()
                                .getInt("total")
                        == 2);
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
        owner.post(path(webhook) + "/test", "").expect(202);

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

    @Test
    void refusesWhatItCannotCallOrDoesNotPublish() {
        assertThat(refused("ftp://127.0.0.1/", "*")).isEqualTo("INVALID_WEBHOOK_URL");
        assertThat(refused("http://user@127.0.0.1/", "*")).isEqualTo("INVALID_WEBHOOK_URL");
        assertThat(refused("http://no-such-name.invalid/", "*")).isEqualTo("INVALID_WEBHOOK_URL");
        assertThat(refused("http://127.0.0.1/", "user.sneezed")).isEqualTo("INVALID_WEBHOOK_EVENTS");
        assertThat(refused("http://127.0.0.1/")).isEqualTo("INVALID_WEBHOOK_EVENTS");
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
