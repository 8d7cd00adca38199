package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What one application node changes about accounts and keys, the other one knows within a second. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoNodesIT {

    private static final String USERS = "/api/admin/users";
    private static final String KEYS = "/api/user/api-keys";
    private static final Duration BITES_WITHIN = Duration.ofSeconds(1);

    private Product product;
    private Api admin;
    private Api elsewhere;

    @BeforeAll
    void start() {
        TwoNodes both = TwoNodes.shared();
        product = both.product;
        admin = product.admin();
        elsewhere = new Api(both.urls().get(1));
    }

    @Test
    void stopsTheTokensOfASuspendedAccountOnTheOtherNode() {
        Api member = product.member();
        Api there = elsewhere.withToken(member.token());
        String id = id(there);

        admin.post(USERS + "/" + id + "/suspend", "").expect(200);

        bites(there, "/api/auth/me", "401 INVALID_TOKEN");
    }

    @Test
    void stopsTheTokensOfADeletedAccountOnTheOtherNode() {
        Api member = product.member();
        Api there = elsewhere.withToken(member.token());
        String id = id(there);

        admin.delete(USERS + "/" + id).expect(204);

        bites(there, "/api/auth/me", "401 INVALID_TOKEN");
    }

    @Test
    void takesARoleAwayOnTheOtherNode() {
        Api former = addedSuperAdmin(admin);
        Api there = elsewhere.withToken(former.token());
        there.get("/api/admin/authz").expect(204);

        changeRole(admin, id(former), "user").expect(200);

        bites(there, "/api/admin/authz", "401 INVALID_TOKEN");
    }

    @Test
    void stopsARevokedKeyOnTheOtherNode() {
        Api member = product.member();
        JsonObject made = member.addKey("vpn:read");
        Api there = elsewhere.withToken(made.getString("key"));
        there.get("/api/vpn/status").expect(200);

        member.delete(KEYS + "/" + made.getJsonObject("apiKey").getString("id")).expect(204);

        bites(there, "/api/vpn/status", "401 INVALID_TOKEN");
    }

    /**
     * Each round two super admins do the same to each other at the same moment, on two nodes: one of them stays, and there is
     * no third.
     */
    @Test
    void keepsTheLastSuperAdminThoughTwoGoForEachOther() throws Exception {
        Api root = product.anotherSuperAdmin();
        List<String> others = product.demoteSuperAdminsBut(id(root));
        ExecutorService workers = Executors.newFixedThreadPool(2);
        try {
            // Nobody counts whose role is a provider's to take.
            product.setRole(addedManaged(), "SUPER_ADMIN");
            for (String call : List.of("PATCH /role", "POST /suspend", "DELETE ", "PATCH /role", "POST /suspend")) {
                Api rival = addedSuperAdmin(root);
                String rootId = id(root);
                String rivalId = id(rival);
                Api rivalElsewhere = elsewhere.withToken(rival.token());

                Api rootHere = root;
                List<Api.Answer> answers =
                        atOnce(workers, () -> call(rootHere, call, rivalId), () -> call(rivalElsewhere, call, rootId));

                List<Boolean> done =
                        answers.stream().map(answer -> answer.status() < 300).toList();
                assertThat(done)
                        .as(call + ": " + answers.stream().map(TwoNodesIT::told).toList())
                        .containsOnlyOnce(true);
                root = done.get(0) ? root : rival;
                assertThat(root.get(USERS + "?role=super_admin&state=active")
                                .expect(200)
                                .data()
                                .getInt("total"))
                        .as("one, and the provider's")
                        .isEqualTo(2);
            }
        } finally {
            workers.shutdownNow();
            others.forEach(email -> product.setRole(email, "SUPER_ADMIN"));
        }
    }

    private String addedManaged() throws SQLException {
        String email = Api.newEmail();
        product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        try (Connection connection = product.database().connect();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE users SET managed_by = 'corp' WHERE email = ?")) {
            update.setString(1, email);
            update.executeUpdate();
        }
        return email;
    }

    private static List<Api.Answer> atOnce(
            ExecutorService workers, Callable<Api.Answer> one, Callable<Api.Answer> other) throws Exception {
        List<Api.Answer> answers = new ArrayList<>();
        for (Future<Api.Answer> answer : workers.invokeAll(List.of(one, other))) {
            answers.add(answer.get());
        }
        return answers;
    }

    private static void bites(Api there, String path, String told) {
        await("the other node's answer " + told)
                .atMost(BITES_WITHIN)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> told(there.get(path)).equals(told));
    }

    private Api addedSuperAdmin(Api by) {
        String email = Api.newEmail();
        by.post(USERS, """
                        {"email":"%s","password":"%s","role":"super_admin"}""".formatted(email, Product.MEMBER_PASSWORD)).expect(201);
        return product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
    }

    /** {@code PATCH /role} takes the role away. */
    private static Api.Answer call(Api admin, String call, String id) {
        String[] parts = call.split(" ", -1);
        return admin.send(
                parts[0], USERS + "/" + id + parts[1], parts[0].equals("PATCH") ? "{\"role\":\"user\"}" : null);
    }

    private static Api.Answer changeRole(Api admin, String id, String role) {
        return admin.send("PATCH", USERS + "/" + id + "/role", "{\"role\":\"" + role + "\"}");
    }

    private static String id(Api user) {
        return user.get("/api/auth/me").expect(200).data().getString("id");
    }

    private static String told(Api.Answer answer) {
        return answer.status() < 400 ? String.valueOf(answer.status()) : answer.status() + " " + answer.code();
    }
}
