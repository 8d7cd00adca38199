package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import jakarta.json.JsonObject;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signing keys change while members call both nodes, and nobody notices. */
class SigningKeysIT {

    private static final String KEYS = "/api/admin/signing-keys";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int CLIENTS = 4;

    private TwoNodes nodes;
    private Product product;
    private Api admin;

    @BeforeEach
    void signIn() {
        nodes = TwoNodes.shared();
        product = nodes.product;
        admin = product.admin();
    }

    @Test
    void refusesNoTokenWhileTheKeyRotatesUnderLoad() throws Exception {
        Api before = product.member();
        String oldKey = keyOf(before.token());
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        Set<String> keysSeen = ConcurrentHashMap.newKeySet();
        Queue<String> refused = new ConcurrentLinkedQueue<>();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            Api member = product.member();
            clients.submit(() -> {
                try {
                    call(member, over, calls, keysSeen);
                } catch (RuntimeException | AssertionError e) {
                    refused.add(String.valueOf(e));
                }
            });
        }

        // When
        JsonObject started = admin.post(KEYS + "/rotation", "").expect(202).data();

        // Then: published at once, and signing later.
        String newKey = started.getJsonArray("keys").getJsonObject(0).getString("kid");
        assertThat(newKey).isNotEqualTo(oldKey);
        assertThat(keyOf(product.member().token())).isEqualTo(oldKey);
        assertThat(admin.post(KEYS + "/rotation", "").expect(202).data())
                .as("one at a time")
                .isEqualTo(started);
        for (URI node : nodes.urls()) {
            await().atMost(SOON).untilAsserted(() -> assertThat(published(node)).contains(oldKey, newKey));
        }
        for (URI node : nodes.urls()) {
            await().atMost(SOON)
                    .until(() -> newKey.equals(keyOf(new Api(node)
                            .signUp(Api.newEmail(), Product.MEMBER_PASSWORD)
                            .token())));
        }
        await("clients with the new key").atMost(SOON).until(() -> keysSeen.contains(newKey) || !refused.isEmpty());
        over.set(true);
        clients.shutdown();
        assertThat(clients.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        System.out.println("SigningKeysIT: " + calls + " calls during a rotation, refused " + refused.size());
        assertThat(refused).isEmpty();
        assertThat(keysSeen).containsExactlyInAnyOrder(oldKey, newKey);
        Api after = product.member();
        for (URI node : nodes.urls()) {
            new Api(node).withToken(before.token()).get("/api/auth/me").expect(200);
            new Api(node).withToken(after.token()).get("/api/auth/me").expect(200);
        }
    }

    /** Every node in turn, with new tokens every few calls. */
    private void call(Api member, AtomicBoolean over, AtomicInteger calls, Set<String> keysSeen) {
        String accessToken = member.token();
        String refreshToken = member.refreshToken();
        for (int i = 0; !over.get(); i++) {
            Api api = new Api(nodes.urls().get(i % 2));
            if (i % 5 == 4) {
                JsonObject data = api.post("/api/auth/refresh", "{\"refreshToken\":\"" + refreshToken + "\"}")
                        .expect(200)
                        .data();
                accessToken = data.getString("accessToken");
                refreshToken = data.getString("refreshToken");
            }
            keysSeen.add(keyOf(accessToken));
            api.withToken(accessToken).get("/api/auth/me").expect(200);
            calls.incrementAndGet();
        }
    }

    @Test
    void forgetsAKeyWhenItsLastTokenIsOver() {
        Api before = product.member();
        String oldKey = keyOf(before.token());
        admin.post(KEYS + "/rotation", "").expect(202);
        await().atMost(SOON).until(() -> !keyOf(product.member().token()).equals(oldKey));

        execute("UPDATE signing_keys SET published_until = now() WHERE published_until IS NOT NULL");

        for (URI node : nodes.urls()) {
            await().atMost(SOON).untilAsserted(() -> assertThat(published(node)).doesNotContain(oldKey));
            assertThat(new Api(node)
                            .withToken(before.token())
                            .get("/api/auth/me")
                            .expect(401)
                            .code())
                    .isEqualTo("INVALID_TOKEN");
        }
        product.member().get("/api/auth/me").expect(200);
    }

    @Test
    void makesOneSuccessorForAKeyOfAMonth() {
        await("no rotation under way")
                .atMost(SOON)
                .until(() -> keyOf(product.member().token()).equals(newest()));
        String old = newest();
        int keys = published(product.url()).size();

        execute("UPDATE signing_keys SET signs_from = signs_from - interval '31 days' WHERE published_until IS NULL");

        await().atMost(SOON).until(() -> !newest().equals(old));
        await().during(Duration.ofSeconds(2))
                .atMost(SOON)
                .until(() -> published(product.url()).size() == keys + 1);
    }

    private String newest() {
        return admin.get(KEYS)
                .expect(200)
                .data()
                .getJsonArray("keys")
                .getJsonObject(0)
                .getString("kid");
    }

    private static String keyOf(String token) {
        try {
            return SignedJWT.parse(token).getHeader().getKeyID();
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<String> published(URI node) {
        try {
            return JWKSet.parse(new Api(node).get("/api/auth/jwks").expect(200).text()).getKeys().stream()
                    .map(JWK::getKeyID)
                    .collect(Collectors.toList());
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void execute(String sql) {
        try (Connection connection = product.database().connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
