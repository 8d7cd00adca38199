package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How many members sign in, refresh and call a second, beside what cannot be saved and beside a real Keycloak. Run by {@code
 * ./mvnw -pl system-tests -am -Pbench verify -Dbench=auth}, which writes {@code target/bench/auth.json}.
 *
 * <ul>
 *   <li>{@code sign_ins_per_s}: POST /api/auth/login of known members with the right password, new session and both tokens.
 *   <li>{@code raw_hashes_per_s}: the floor, in this JVM: the hash that a member has in the database, made again with its own
 *       parameters by the same library, on as many threads as there are cores. A sign-in without one would be no sign-in.
 *   <li>{@code refreshes_per_s}: POST /api/auth/refresh, each client along its own chain of tokens.
 *   <li>{@code reads_per_s}: GET /api/auth/csrf with a bearer token; {@code bare_reads_per_s}: GET /api/auth/oidc, which is
 *       open. Both pass the same filters, call one bean, read no table and write one small record in the envelope: what
 *       differs is the authentication. {@code profile_reads_per_s}: GET /api/auth/me, which reads a row besides.
 *   <li>{@code keycloak_sign_ins_per_s}: the password grant; {@code keycloak_refreshes_per_s}: the refresh grant. Keycloak
 *       hashes as it does by default (Argon2id, 7 MiB, 5 passes, which costs about what ours does: 35 to 38 MiB-passes), does
 *       not rotate refresh tokens by default, keeps its sessions in memory and writes no audit. {@code
 *       keycloak_rotating_refreshes_per_s}: the same where a used refresh token is refused, as ours are.
 * </ul>
 *
 * Closed loops of {@link #CLIENTS} clients, each a member of its own, over HTTP/1.1. All in one run, after a warm-up of
 * everything in turn, in rounds, and the medians of the rounds: other work on the machine then falls on all of them alike.
 * Clients, both servers and PostgreSQL share the machine's cores.
 */
@Tag("auth")
class AuthBench {

    private static final int CLIENTS = 8;
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 7);
    private static final int WARM_UP_ROUNDS = 3;
    private static final Duration WARM_UP = Duration.ofSeconds(6);
    private static final Duration PART = Duration.ofSeconds(3);
    private static final String REALM = "bench";

    /** As {@link #REALM}, with refresh tokens that are used once. */
    private static final String ROTATING = "bench-rotating";

    private static final String CLIENT = "bench";

    private Product product;
    private Keycloak keycloak;
    private final List<String> emails = new ArrayList<>();

    /** What is measured, in the order of a round. */
    private final Map<String, List<? extends Callable<?>>> parts = new LinkedHashMap<>();

    private final Map<String, List<Double>> perSecond = new LinkedHashMap<>();

    @Test
    void measuresSignInsRefreshesAndReads() throws Exception {
        try (Cleanup made = new Cleanup()) {
            product = made.add(Product.startLasting(Map.of()));
            keycloak = made.add(Keycloak.start(Keycloak.freePort()));
            addMembers();
            addParts();

            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                parts.forEach((name, clients) -> measure(clients, WARM_UP));
            }
            for (int round = 0; round < ROUNDS; round++) {
                parts.forEach((name, clients) -> perSecond
                        .computeIfAbsent(name, key -> new ArrayList<>())
                        .add(measure(clients, PART)));
            }
            write();
        }
    }

    private void addMembers() {
        JsonArrayBuilder users = Json.createArrayBuilder();
        for (int i = 0; i < CLIENTS; i++) {
            String email = Api.newEmail();
            emails.add(email);
            product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
            users.add(Json.createObjectBuilder()
                    .add("username", email)
                    .add("email", email)
                    .add("firstName", "a")
                    .add("lastName", "b")
                    .add("emailVerified", true)
                    .add("enabled", true)
                    .add(
                            "credentials",
                            Json.createArrayBuilder()
                                    .add(Json.createObjectBuilder()
                                            .add("type", "password")
                                            .add("value", Product.MEMBER_PASSWORD))));
        }
        JsonArray members = users.build();
        keycloak.addRealm(realm(REALM, false, members));
        keycloak.addRealm(realm(ROTATING, true, members));
    }

    private static JsonObject realm(String name, boolean rotates, JsonArray users) {
        return Json.createObjectBuilder()
                .add("realm", name)
                .add("enabled", true)
                .add("revokeRefreshToken", rotates)
                .add(
                        "clients",
                        Json.createArrayBuilder()
                                .add(Json.createObjectBuilder()
                                        .add("clientId", CLIENT)
                                        .add("publicClient", true)
                                        .add("directAccessGrantsEnabled", true)))
                .add("users", users)
                .build();
    }

    private void addParts() {
        parts.put("sign_ins", clients(i -> {
            Api api = product.anonymous();
            return () -> api.signIn(emails.get(i), Product.MEMBER_PASSWORD);
        }));
        parts.put("raw_hashes", rawHashes());
        parts.put("keycloak_sign_ins", clients(i -> () -> keycloak.tokens(REALM, passwordGrant(i))));
        parts.put("refreshes", clients(i -> {
            Api[] member = {product.anonymous().signIn(emails.get(i), Product.MEMBER_PASSWORD)};
            return () -> member[0] = member[0].refreshed();
        }));
        parts.put("keycloak_refreshes", clients(i -> keycloakRefreshes(REALM, i)));
        parts.put("keycloak_rotating_refreshes", clients(i -> keycloakRefreshes(ROTATING, i)));
        List<Api> members = emails.stream()
                .map(email -> product.anonymous().signIn(email, Product.MEMBER_PASSWORD))
                .toList();
        parts.put(
                "reads", clients(i -> () -> members.get(i).get("/api/auth/csrf").expect(200)));
        parts.put(
                "bare_reads",
                clients(i -> () -> product.anonymous().get("/api/auth/oidc").expect(200)));
        parts.put(
                "profile_reads",
                clients(i -> () -> members.get(i).get("/api/auth/me").expect(200)));
    }

    private Callable<?> keycloakRefreshes(String realm, int client) {
        String[] token = {keycloak.tokens(realm, passwordGrant(client)).getString("refresh_token")};
        return () -> token[0] = keycloak.tokens(
                        realm, Map.of("client_id", CLIENT, "grant_type", "refresh_token", "refresh_token", token[0]))
                .getString("refresh_token");
    }

    private static List<Callable<?>> clients(IntFunction<Callable<?>> client) {
        return IntStream.range(0, CLIENTS).<Callable<?>>mapToObj(client::apply).toList();
    }

    private Map<String, String> passwordGrant(int client) {
        return Map.of(
                "client_id",
                CLIENT,
                "grant_type",
                "password",
                "username",
                emails.get(client),
                "password",
                Product.MEMBER_PASSWORD);
    }

    private List<Callable<?>> rawHashes() {
        String[] phc = storedHash().split("[$]");
        assertThat(phc[1]).isEqualTo("argon2id");
        String[] costs = phc[3].split("[=,]");
        byte[] stored = Base64.getDecoder().decode(phc[5]);
        Argon2Parameters parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(Integer.parseInt(costs[1]))
                .withIterations(Integer.parseInt(costs[3]))
                .withParallelism(Integer.parseInt(costs[5]))
                .withSalt(Base64.getDecoder().decode(phc[4]))
                .build();
        Callable<?> hash = () -> {
            byte[] made = new byte[stored.length];
            Argon2BytesGenerator generator = new Argon2BytesGenerator();
            generator.init(parameters);
            generator.generateBytes(Product.MEMBER_PASSWORD.getBytes(StandardCharsets.UTF_8), made);
            assertThat(made).isEqualTo(stored);
            return made;
        };
        return Collections.nCopies(Runtime.getRuntime().availableProcessors(), hash);
    }

    private String storedHash() {
        try (Connection sql = product.database().connect();
                PreparedStatement select = sql.prepareStatement("SELECT password_hash FROM users WHERE email = ?")) {
            select.setString(1, emails.get(0));
            ResultSet row = select.executeQuery();
            assertThat(row.next()).isTrue();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The product first has delivered what it owes, which would run beside the next part. */
    private double measure(List<? extends Callable<?>> clients, Duration time) {
        await("the delivery of the outbox").atMost(Duration.ofMinutes(2)).until(() -> {
            try (Connection sql = product.database().connect()) {
                return BareLoop.execute(sql, "SELECT 1 FROM outbox WHERE delivered_at IS NULL LIMIT 1") == 0;
            }
        });
        return Load.closed(time, clients).perSecond();
    }

    private void write() throws IOException {
        JsonObjectBuilder result = Json.createObjectBuilder();
        perSecond.forEach((name, rounds) -> result.add(name + "_per_s", BenchReport.rounded(Load.median(rounds))));
        result.add("sign_ins_to_raw_hashes", ratio("sign_ins", "raw_hashes"))
                .add("sign_ins_to_keycloaks", ratio("sign_ins", "keycloak_sign_ins"))
                .add("refreshes_to_keycloaks", ratio("refreshes", "keycloak_refreshes"))
                .add("refreshes_to_keycloaks_rotating", ratio("refreshes", "keycloak_rotating_refreshes"))
                .add("reads_to_bare_reads", ratio("reads", "bare_reads"))
                .add("goals", "sign_ins >= 0.8 raw_hashes, refreshes > keycloak_refreshes, reads >= 0.6 bare_reads")
                .add("clients", CLIENTS)
                .add("seconds_of_a_part", PART.toSeconds())
                .add("warm_up_seconds_of_a_part", WARM_UP_ROUNDS * WARM_UP.toSeconds());
        JsonObjectBuilder rounds = Json.createObjectBuilder();
        perSecond.forEach((name, each) -> rounds.add(
                name,
                Json.createArrayBuilder(each.stream().map(BenchReport::rounded).toList())));
        result.add("rounds", rounds).add("notes", """
                        Closed loops over HTTP/1.1; medians of alternating rounds. reads: GET /api/auth/csrf, bare_reads: GET \
                        /api/auth/oidc, which differ by the authentication. raw_hashes: Argon2id with the parameters of the \
                        stored hash, in the benchmark's JVM, one thread for each core. Keycloak: start-dev with H2, default \
                        hashing (Argon2id, 7 MiB, 5 passes), sessions in memory, refresh tokens rotated only where it says so.""");
        BenchReport.write("auth", result);
    }

    private double ratio(String of, String to) {
        return BenchReport.rounded(Load.median(perSecond.get(of)) / Load.median(perSecond.get(to)));
    }
}
