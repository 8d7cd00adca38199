package io.vpnenterprise.identity.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.platform.VpnException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a provider says of itself, and of a person in two places. Whole sign-ins are in {@code OidcIT}. */
class OidcClientTest {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private HttpServer server;
    private volatile String algorithms = "\"RS256\"";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/.well-known/openid-configuration", exchange -> {
            asked.countDown();
            await(mayAnswer);
            byte[] body = metadata().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        server.stop(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"HS256\"", "\"EdDSA\"", "\"none\"", ""})
    void refusesAProviderThatSignsInNoWayWeBelieve(String signsWith) {
        mayAnswer.countDown();
        algorithms = signsWith;

        refuses(() -> client().authorizationAddress(new OidcClient.Question()), IdentityError.PROVIDER_ANSWER_INVALID);
    }

    @Test
    void doesNotWaitForWhatAnotherAsksTheProvider() {
        OidcClient client = client();
        CompletableFuture<URI> first =
                CompletableFuture.supplyAsync(() -> client.authorizationAddress(new OidcClient.Question()));
        await(asked);

        refuses(() -> client.authorizationAddress(new OidcClient.Question()), IdentityError.PROVIDER_UNAVAILABLE);
        assertThat(first).isNotDone();
        mayAnswer.countDown();
        assertThat(first.join()).hasPath("/authorize");
        assertThat(client.authorizationAddress(new OidcClient.Question())).hasPath("/authorize");
    }

    @Test
    void believesThatAnAddressIsVerifiedOnlyWhoSaysTheAddress() {
        Map<String, Object> ofToken = Map.of("email", "boss@example.org");
        Map<String, Object> ofUserInfo =
                Map.of("email", "me@example.org", "email_verified", true, "groups", List.of("ops"));

        assertThat(OidcClient.merged(ofToken, ofUserInfo))
                .containsEntry("email", "boss@example.org")
                .containsEntry("groups", List.of("ops"))
                .containsEntry("email_verified", null);
        assertThat(OidcClient.merged(Map.of("email_verified", true), Map.of("email", "boss@example.org")))
                .isEqualTo(withNull(Map.of("email", "boss@example.org"), "email_verified"));
        assertThat(OidcClient.merged(Map.of(), ofUserInfo)).isEqualTo(ofUserInfo);
    }

    private static Map<String, Object> withNull(Map<String, Object> claims, String key) {
        Map<String, Object> result = new HashMap<>(claims);
        result.put(key, null);
        return result;
    }

    private OidcClient client() {
        OidcProvider provider = new OidcProvider(
                "corp",
                "Corp",
                URI.create(issuer()),
                "vpn",
                Optional.empty(),
                List.of("openid"),
                "groups",
                Set.of(),
                Set.of(),
                Set.of(),
                false,
                true);
        return new OidcClient(provider, Duration.ofSeconds(10), URI.create("http://localhost/callback"));
    }

    private String metadata() {
        return """
                {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",
                 "jwks_uri":"%1$s/keys","response_types_supported":["code"],"subject_types_supported":["public"],
                 "id_token_signing_alg_values_supported":[%2$s]}""".formatted(issuer(), algorithms);
    }

    private String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void refuses(ThrowingCallable call, IdentityError code) {
        assertThatThrownBy(call).isInstanceOfSatisfying(VpnException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
