package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Accounts in admins' hands: what they find, change and remove, and when that bites. */
class UsersIT {

    private static final String USERS = "/api/admin/users";

    private final Product product = Product.shared();
    private final Api admin = product.admin();

    // Finding

    @Test
    void findsAccountsByPartOfTheAddressRoleAndState() {
        String mark = UUID.randomUUID().toString();
        String first = addUser("a-" + mark, "user");
        String second = addUser("b-" + mark, "admin");
        String suspended = addUser("c-" + mark, "user");
        admin.post(USERS + "/" + suspended + "/suspend", "").expect(200);

        assertThat(found("search=" + mark)).containsExactly(suspended, second, first);
        assertThat(found("search=" + mark.toUpperCase(java.util.Locale.ROOT) + "&order=email"))
                .containsExactly(first, second, suspended);
        assertThat(found("search=" + mark + "&role=admin")).containsExactly(second);
        assertThat(found("search=" + mark + "&state=suspended")).containsExactly(suspended);
        // What means "anything" in SQL is only itself here.
        assertThat(found("search=a%25" + mark)).isEmpty();
        assertThat(found("search=_-" + mark)).isEmpty();
    }

    @Test
    void tellsTheTrueTotalOfManyPages() {
        String mark = UUID.randomUUID().toString();
        List<String> added = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            added.add(addUser(i + "-" + mark, "user"));
        }

        List<String> listed = new ArrayList<>();
        for (int page = 1; page <= 3; page++) {
            JsonObject answer = admin.get(USERS + "?order=created&pageSize=2&page=" + page + "&search=" + mark)
                    .expect(200)
                    .data();
            assertThat(answer.getInt("total")).isEqualTo(5);
            listed.addAll(ids(answer));
        }

        assertThat(listed).isEqualTo(added);
    }

    @ParameterizedTest
    @CsvSource({"role=root, role", "state=gone, state", "order=password_hash, order", "pageSize=101, pageSize"})
    void refusesAParameterWithoutMeaning(String query, String field) {
        Api.Answer answer = admin.get(USERS + "?" + query).expect(400);

        assertThat(answer.code()).isEqualTo("INVALID_PARAMETER");
        assertThat(answer.json().getString("field")).isEqualTo(field);
    }

    @Test
    void makesAnAccountThatCanSignInAndCountsAsVerified() {
        String email = Api.newEmail();

        JsonObject made = admin.post(USERS, newUser(email, "admin")).expect(201).data();

        assertThat(made.getString("role")).isEqualTo("admin");
        assertThat(made.getString("emailVerifiedAt")).isNotBlank();
        product.anonymous()
                .signIn(email, Product.MEMBER_PASSWORD)
                .get("/api/admin/authz")
                .expect(204);
        assertThat(admin.post(USERS, newUser(email, "user")).expect(409).code()).isEqualTo("EMAIL_TAKEN");
        assertThat(admin.post(USERS, newUser(Api.newEmail(), "root"))
                        .expect(400)
                        .code())
                .isEqualTo("INVALID_ROLE");
    }

    @Test
    void countsTruly() {
        JsonObject before = stats();
        Api member = product.member();
        addDevice(member, "laptop");
        member.addKey("vpn:read");
        JsonObject after = stats();
        call(admin, "POST suspend", id(member)).expect(200);
        JsonObject suspended = stats();

        assertThat(difference(before, after, "users", "total")).isEqualTo(1);
        assertThat(difference(before, after, "users", "active")).isEqualTo(1);
        assertThat(difference(before, after, "users", "newThisMonth")).isEqualTo(1);
        assertThat(difference(before, after, "users", "suspended")).isZero();
        assertThat(difference(before, after, "sessions", "live")).isEqualTo(1);
        assertThat(difference(before, after, "devices", "total")).isEqualTo(1);
        assertThat(difference(before, after, "apiKeys", "live")).isEqualTo(1);
        assertThat(difference(after, suspended, "apiKeys", "live")).isEqualTo(-1);
        assertThat(difference(after, suspended, "users", "suspended")).isEqualTo(1);
        assertThat(difference(after, suspended, "sessions", "live")).isEqualTo(-1);
    }

    @Test
    void writesDownThatTheFirstAdminWasMade() throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement("""
                        SELECT count(*) FROM outbox e JOIN users u ON u.id::text = e.payload -> 'target' ->> 'id'
                        WHERE e.payload ->> 'action' = 'user.created' AND u.email = ?
                          AND u.email_verified_at IS NOT NULL""")) {
            select.setString(1, Product.ADMIN_EMAIL);
            ResultSet row = select.executeQuery();
            row.next();
            // AuditIT writes copies.
            assertThat(row.getInt(1)).isPositive();
        }
    }

    // Who may

    @Test
    void letsAnAdminActOnUsersOnly() {
        Api plain = product.plainAdmin();
        String user = id(product.member());
        for (String above : List.of(id(product.plainAdmin()), id(admin))) {
            for (String call : List.of("POST suspend", "POST restore", "DELETE ")) {
                assertThat(told(call(plain, call, above))).as(call).isEqualTo("403 NOT_PERMITTED");
            }
        }
        assertThat(told(changeRole(plain, user, "admin"))).isEqualTo("403 NOT_PERMITTED");
        for (String role : List.of("admin", "super_admin")) {
            assertThat(told(plain.post(USERS, newUser(Api.newEmail(), role)))).isEqualTo("403 NOT_PERMITTED");
        }

        plain.post(USERS, newUser(Api.newEmail(), "user")).expect(201);
        call(plain, "POST suspend", user).expect(200);
        call(plain, "POST restore", user).expect(200);
        call(plain, "DELETE ", user).expect(204);
    }

    @Test
    void letsNobodyDemoteSuspendOrDeleteHimself() {
        String self = id(admin);

        assertThat(told(changeRole(admin, self, "user"))).isEqualTo("403 OWN_ACCOUNT");
        assertThat(told(call(admin, "POST suspend", self))).isEqualTo("403 OWN_ACCOUNT");
        assertThat(told(call(admin, "DELETE ", self))).isEqualTo("403 OWN_ACCOUNT");
    }

    // When it bites

    @Test
    void stopsTheTokensOfAnAccountWhoseRoleChanges() {
        String email = Api.newEmail();
        Api user = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);

        changeRole(admin, id(user), "admin").expect(200);

        assertThat(told(user.get("/api/auth/me"))).isEqualTo("401 INVALID_TOKEN");
        Api promoted = refreshed(user);
        promoted.get("/api/admin/authz").expect(204);
        changeRole(admin, id(promoted), "user").expect(200);
        assertThat(told(promoted.get("/api/admin/authz"))).isEqualTo("401 INVALID_TOKEN");
        Api demoted = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        assertThat(told(demoted.get("/api/admin/authz"))).isEqualTo("403 NOT_PERMITTED");
    }

    @Test
    void endsSessionsOfAnAccountOneOrAll() {
        String email = Api.newEmail();
        Api laptop = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        Api phone = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        String sessions = USERS + "/" + id(laptop) + "/sessions";
        JsonObject listed = admin.get(sessions).expect(200).data();
        assertThat(listed.getInt("total")).isEqualTo(2);
        String ofAdmin = admin.get("/api/user/sessions")
                .data()
                .getJsonArray("items")
                .getJsonObject(0)
                .getString("id");

        assertThat(told(admin.delete(sessions + "/" + ofAdmin))).isEqualTo("404 SESSION_NOT_FOUND");
        admin.delete(sessions + "/" + ids(listed).get(0)).expect(204);
        assertThat(List.of(
                        laptop.get("/api/auth/me").status(),
                        phone.get("/api/auth/me").status()))
                .containsExactlyInAnyOrder(200, 401);

        assertThat(admin.delete(sessions).expect(200).data().getInt("ended")).isEqualTo(1);
        assertThat(told(laptop.get("/api/auth/me"))).isEqualTo("401 INVALID_TOKEN");
        assertThat(told(phone.get("/api/auth/me"))).isEqualTo("401 INVALID_TOKEN");
        assertThat(told(product.plainAdmin().delete(USERS + "/" + id(admin) + "/sessions")))
                .isEqualTo("403 NOT_PERMITTED");
    }

    @Test
    void shutsASuspendedAccountOutUntilItIsRestored() {
        String email = Api.newEmail();
        Api user = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        String id = id(user);

        JsonObject suspended = call(admin, "POST suspend", id).expect(200).data();

        assertThat(suspended.getString("state")).isEqualTo("suspended");
        assertThat(suspended.getInt("sessions")).isZero();
        assertThat(told(user.get("/api/auth/me"))).isEqualTo("401 INVALID_TOKEN");
        assertThat(told(refresh(user))).isEqualTo("401 REFRESH_TOKEN_INVALID");
        assertThat(told(product.anonymous().post("/api/auth/login", credentials(email))))
                .isEqualTo("401 WRONG_CREDENTIALS");

        call(admin, "POST restore", id).expect(200);

        assertThat(told(user.get("/api/auth/me"))).isEqualTo("401 INVALID_TOKEN");
        product.anonymous()
                .signIn(email, Product.MEMBER_PASSWORD)
                .get("/api/auth/me")
                .expect(200);
    }

    @Test
    void takesASuspendedAccountOffTheHostsBeforeItAnswers() {
        try (Cleanup made = new Cleanup()) {
            String server = madeServer(made, 46_001);
            Api user = product.member();
            for (String device : List.of("laptop", "phone")) {
                connect(user, addDevice(user, device), server).expect(200);
            }
            assertThat(peers(server)).isEqualTo(2);

            call(admin, "POST suspend", id(user)).expect(200);

            // A place is free again once the host has confirmed that the peer is gone.
            assertThat(peers(server)).isZero();
        }
    }

    @Test
    void deletesAnAccountWithAllThatItOwned() throws SQLException {
        try (Cleanup made = new Cleanup()) {
            String server = madeServer(made, 46_002);
            String email = Api.newEmail();
            Api user = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
            connect(user, addDevice(user, "laptop"), server).expect(200);
            String id = id(user);

            call(admin, "DELETE ", id).expect(204);

            assertThat(peers(server)).isZero();
            assertThat(told(user.get("/api/auth/me"))).isEqualTo("401 INVALID_TOKEN");
            assertThat(rowsThatReferTo(id)).isEmpty();
            JsonObject left = admin.get(USERS + "/" + id).expect(200).data();
            assertThat(left.getString("state")).isEqualTo("deleted");
            assertThat(left.getString("email")).isEqualTo("deleted-" + id + "@deleted.invalid");
            assertThat(found("search=" + email)).isEmpty();
            assertThat(told(call(admin, "DELETE ", id))).isEqualTo("404 USER_NOT_FOUND");
            // The address is free for somebody new, who has nothing of the old.
            Api another = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
            assertThat(another.get("/api/vpn/history").data().getInt("total")).isZero();
        }
    }

    /** Connects under way when the suspension comes are refused or undone: nothing of the account stays on a host. */
    @Test
    void leavesNoPeerOfAnAccountSuspendedWhileItConnects() throws Exception {
        try (Cleanup made = new Cleanup();
                Workers workers = new Workers(12)) {
            String server = madeServer(made, 46_003);
            for (int round = 0; round < 3; round++) {
                Api user = product.member();
                String id = id(user);
                List<Callable<Api.Answer>> calls = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    String device = addDevice(user, "device " + i);
                    calls.add(() -> connect(user, device, server));
                }
                calls.add(5, () -> call(admin, "POST suspend", id));

                List<Api.Answer> answers = workers.atOnce(calls);

                assertThat(answers.get(5).status()).isIn(200, 202);
                await("no peer of the suspended account")
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> peers(server) == 0);
            }
        }
    }

    /** Threads that begin together. */
    private record Workers(ExecutorService threads) implements AutoCloseable {

        Workers(int many) {
            this(Executors.newFixedThreadPool(many));
        }

        List<Api.Answer> atOnce(List<Callable<Api.Answer>> calls) throws Exception {
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }

    private JsonObject stats() {
        return admin.get("/api/admin/dashboard/stats").expect(200).data().getJsonObject("figures");
    }

    private static int difference(JsonObject before, JsonObject after, String of, String name) {
        return after.getJsonObject(of).getInt(name) - before.getJsonObject(of).getInt(name);
    }

    private String addUser(String name, String role) {
        return admin.post(USERS, newUser(name + "@example.org", role))
                .expect(201)
                .data()
                .getString("id");
    }

    private List<String> found(String query) {
        return found(admin, query);
    }

    private static List<String> found(Api admin, String query) {
        return ids(admin.get(USERS + "?" + query).expect(200).data());
    }

    private static List<String> ids(JsonObject page) {
        return page.getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .map(user -> user.getString("id"))
                .toList();
    }

    private static String id(Api user) {
        return user.get("/api/auth/me").expect(200).data().getString("id");
    }

    /** {@code PATCH role} takes the role away. */
    private static Api.Answer call(Api admin, String call, String id) {
        String[] parts = call.split(" ", -1);
        String path = USERS + "/" + id + (parts[1].isEmpty() ? "" : "/" + parts[1]);
        return admin.send(parts[0], path, parts[0].equals("PATCH") ? "{\"role\":\"user\"}" : null);
    }

    private static Api.Answer changeRole(Api admin, String id, String role) {
        return admin.send("PATCH", USERS + "/" + id + "/role", "{\"role\":\"" + role + "\"}");
    }

    private Api.Answer refresh(Api user) {
        return product.anonymous().post("/api/auth/refresh", "{\"refreshToken\":\"" + user.refreshToken() + "\"}");
    }

    private Api refreshed(Api user) {
        return user.withToken(refresh(user).expect(200).data().getString("accessToken"));
    }

    private static String newUser(String email, String role) {
        return """
                {"email":"%s","password":"%s","role":"%s"}""".formatted(email, Product.MEMBER_PASSWORD, role);
    }

    private static String credentials(String email) {
        return """
                {"email":"%s","password":"%s"}""".formatted(email, Product.MEMBER_PASSWORD);
    }

    private static String addDevice(Api user, String name) {
        return user.addDevice(name).getJsonObject("device").getString("id");
    }

    private static Api.Answer connect(Api user, String device, String server) {
        return user.post("/api/vpn/connect", """
                {"deviceId":"%s","serverId":"%s"}""".formatted(device, server));
    }

    private String madeServer(Cleanup made, int port) {
        String name = "users-" + port;
        String node = admin.addNode(name, "simulated", null, "vpn.example.org");
        made.add(() -> admin.delete("/api/admin/nodes/" + node).expect(204));
        String server = admin.addServer(name, "eu-central", port, node).getString("id");
        made.add(() -> admin.delete("/api/vpn/servers/" + server).expect(204));
        return server;
    }

    private int peers(String server) {
        return admin.get("/api/vpn/servers/" + server).expect(200).data().getInt("peers");
    }

    /** How many rows of each table refer to an account, whichever tables there are. */
    private Map<String, Integer> rowsThatReferTo(String userId) throws SQLException {
        Map<String, Integer> rows = new TreeMap<>();
        try (Connection connection = product.database().connect();
                ResultSet references = connection.createStatement().executeQuery("""
                        SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
                        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                        WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass""")) {
            while (references.next()) {
                String column = references.getString(1) + "." + references.getString(2);
                try (PreparedStatement count = connection.prepareStatement("SELECT count(*) FROM "
                        + references.getString(1) + " WHERE " + references.getString(2) + " = ?::uuid")) {
                    count.setString(1, userId);
                    ResultSet row = count.executeQuery();
                    row.next();
                    rows.put(column, row.getInt(1));
                }
            }
        }
        assertThat(rows).containsKeys("sessions.user_id", "devices.user_id");
        rows.values().removeAll(Collections.singleton(0));
        return rows;
    }

    private static String told(Api.Answer answer) {
        return answer.status() < 400 ? String.valueOf(answer.status()) : answer.status() + " " + answer.code();
    }
}
