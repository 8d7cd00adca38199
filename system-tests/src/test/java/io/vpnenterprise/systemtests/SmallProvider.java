package io.vpnenterprise.systemtests;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vpnenterprise.launcher.Ports;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Three small providers of OpenID Connect on one port, each under a path of its own: discovery, authorization code with
 * PKCE, keys that rotate. Whoever comes is signed in as {@link #person} at once. It can also be an evil or a broken one.
 */
final class SmallProvider implements AutoCloseable {

    /** Known before it starts, since the shared product is told of it. */
    private static final int PORT = Ports.free();

    /** Its groups decide roles. */
    static final String CORP = "corp";

    /** Decides no roles, and has no secret with us. */
    static final String PARTNER = "partner";

    /** Verifies no addresses, and lets one domain in. */
    static final String CLOSED = "closed";

    static final String DOMAIN = "closed.example";

    private static final String SECRET = "the secret of corp";
    private static final String CLIENT = "vpn-enterprise";

    /** Whom it signs in. */
    record Person(String subject, String email, boolean emailVerified, List<String> groups) {

        static Person withGroups(String... groups) {
            return new Person(UUID.randomUUID().toString(), Api.newEmail(), true, List.of(groups));
        }
    }

    /** What is wrong with its tokens. */
    enum Evil {
        WRONG_NONCE,
        NO_NONCE,
        WRONG_AUDIENCE,
        WRONG_ISSUER,
        WRONG_AUTHORISED_PARTY,
        NO_SUBJECT,
        EXPIRED,
        FROM_THE_FUTURE,
        WRONG_ACCESS_TOKEN_HASH,
        UNSIGNED,
        SIGNED_WITH_OUR_SECRET,
        SIGNED_WITH_THE_PUBLIC_KEY,
        SIGNED_BY_SOMEBODY_ELSE,
        WRONG_ISSUER_IN_THE_RESPONSE,
        NO_ISSUER_IN_THE_RESPONSE
    }

    /** How its token endpoint fails. */
    enum Broken {
        ANSWERS_500,
        ANSWERS_NO_JSON,
        ANSWERS_A_MEGABYTE,
        DOES_NOT_ANSWER,
        DOES_NOT_KNOW_US
    }

    private record Code(Map<String, String> request, Person person) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<String, Code> codes = new ConcurrentHashMap<>();
    private final HttpClient browser = HttpClient.newHttpClient();

    volatile Person person = Person.withGroups();
    volatile Evil evil;
    volatile Broken broken;
    private volatile RSAKey key = newKey();

    SmallProvider() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** What tells the product of all three. */
    static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("VPN_OIDC_PROVIDERS", String.join(",", CORP, PARTNER, CLOSED));
        settings.put("VPN_OIDC_DEADLINE", "PT2S");
        for (String name : List.of(CORP, PARTNER, CLOSED)) {
            String prefix = "VPN_OIDC_" + name.toUpperCase(java.util.Locale.ROOT) + "_";
            settings.put(prefix + "ISSUER", issuer(name));
            settings.put(prefix + "CLIENT_ID", CLIENT);
        }
        settings.put("VPN_OIDC_CORP_NAME", "The Corporation");
        settings.put("VPN_OIDC_CORP_CLIENT_SECRET", SECRET);
        settings.put("VPN_OIDC_CORP_ADMIN_GROUPS", "ops,net ops");
        settings.put("VPN_OIDC_CORP_SUPER_ADMIN_GROUPS", "owners");
        settings.put("VPN_OIDC_CLOSED_TRUST_EMAIL", "true");
        settings.put("VPN_OIDC_CLOSED_ALLOWED_DOMAINS", DOMAIN);
        return settings;
    }

    /** Does what the browser does there: returns the address that it is sent back to. */
    URI signIn(String address) {
        try {
            HttpResponse<String> response = browser.send(
                    HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
            return URI.create(response.headers()
                    .firstValue("Location")
                    .orElseThrow(() -> new AssertionError(response.statusCode() + response.body())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void rotateKey() {
        key = newKey();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    static String issuer(String name) {
        return "http://127.0.0.1:" + PORT + "/" + name;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/", 3);
        String issuer = issuer(path[1]);
        switch (path[2]) {
            case ".well-known/openid-configuration" ->
                send(exchange, 200, metadata(issuer).toString());
            case "keys" -> send(exchange, 200, new JWKSet(key.toPublicJWK()).toString());
            case "authorize" -> authorize(exchange, issuer);
            case "token" -> token(exchange, issuer);
            default -> send(exchange, 404, "{}");
        }
    }

    private static JsonObject metadata(String issuer) {
        return Json.createObjectBuilder()
                .add("issuer", issuer)
                .add("authorization_endpoint", issuer + "/authorize")
                .add("token_endpoint", issuer + "/token")
                .add("jwks_uri", issuer + "/keys")
                .add("authorization_response_iss_parameter_supported", true)
                .add("response_types_supported", Json.createArrayBuilder().add("code"))
                .add("subject_types_supported", Json.createArrayBuilder().add("public"))
                .add(
                        "id_token_signing_alg_values_supported",
                        Json.createArrayBuilder(List.of("RS256", "HS256", "none")))
                .build();
    }

    private void authorize(HttpExchange exchange, String issuer) throws IOException {
        Map<String, String> request = parameters(exchange.getRequestURI().getRawQuery());
        String code = UUID.randomUUID().toString();
        codes.put(code, new Code(request, person));
        String iss = evil == Evil.WRONG_ISSUER_IN_THE_RESPONSE ? issuer(PARTNER) : issuer;
        exchange.getResponseHeaders()
                .set(
                        "Location",
                        request.get("redirect_uri") + "?code=" + code + "&state=" + encoded(request.get("state"))
                                + (evil == Evil.NO_ISSUER_IN_THE_RESPONSE ? "" : "&iss=" + encoded(iss)));
        send(exchange, 302, "");
    }

    private void token(HttpExchange exchange, String issuer) throws IOException {
        Map<String, String> request =
                parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        if (broken != null) {
            fail(exchange);
            return;
        }
        if (issuer.equals(issuer(CORP))
                && !basic().equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 401, "{\"error\":\"invalid_client\"}");
            return;
        }
        Code code = codes.remove(String.valueOf(request.get("code")));
        if (code == null || !answersTheChallenge(request, code)) {
            send(exchange, 400, "{\"error\":\"invalid_grant\"}");
            return;
        }
        String accessToken = UUID.randomUUID().toString();
        send(
                exchange,
                200,
                Json.createObjectBuilder()
                        .add("access_token", accessToken)
                        .add("token_type", "Bearer")
                        .add("id_token", idToken(issuer, code, accessToken))
                        .build()
                        .toString());
    }

    /** RFC 7636, section 4.6; a client that sends no challenge is none of this one's. */
    private static boolean answersTheChallenge(Map<String, String> request, Code code) {
        String challenge = Base64URL.encode(sha256(String.valueOf(request.get("code_verifier"))))
                .toString();
        return "S256".equals(code.request().get("code_challenge_method"))
                && challenge.equals(code.request().get("code_challenge"))
                && code.request().get("redirect_uri").equals(request.get("redirect_uri"));
    }

    private void fail(HttpExchange exchange) throws IOException {
        switch (broken) {
            case ANSWERS_500 -> send(exchange, 500, "{}");
            case ANSWERS_NO_JSON -> send(exchange, 200, "<html>");
            case ANSWERS_A_MEGABYTE -> send(exchange, 200, "{\"a\":\"" + "a".repeat(1 << 20) + "\"}");
            case DOES_NOT_KNOW_US -> send(exchange, 401, "{\"error\":\"invalid_client\"}");
            case DOES_NOT_ANSWER -> {
                try {
                    closing.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private String idToken(String issuer, Code code, String accessToken) {
        Instant now = Instant.now();
        Person who = code.person();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(evil == Evil.WRONG_ISSUER ? issuer(PARTNER) : issuer)
                .subject(evil == Evil.NO_SUBJECT ? null : who.subject())
                .audience(evil == Evil.WRONG_AUDIENCE ? List.of("somebody-else") : List.of(CLIENT))
                .issueTime(Date.from(evil == Evil.FROM_THE_FUTURE ? now.plus(Duration.ofHours(1)) : now))
                .expirationTime(Date.from(now.plus(Duration.ofMinutes(evil == Evil.EXPIRED ? -10 : 5))))
                .claim(
                        "nonce",
                        evil == Evil.WRONG_NONCE ? "another" : code.request().get("nonce"))
                .claim("at_hash", halfHash(evil == Evil.WRONG_ACCESS_TOKEN_HASH ? "another" : accessToken))
                .claim("email", who.email())
                .claim("email_verified", who.emailVerified())
                .claim("groups", who.groups());
        if (evil == Evil.NO_NONCE) {
            claims.claim("nonce", null);
        }
        if (evil == Evil.WRONG_AUTHORISED_PARTY) {
            claims.audience(List.of(CLIENT, "somebody-else")).claim("azp", "somebody-else");
        }
        try {
            return serialized(claims.build());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private String serialized(JWTClaimsSet claims) throws JOSEException {
        if (evil == Evil.UNSIGNED) {
            return new PlainJWT(claims).serialize();
        }
        if (evil == Evil.SIGNED_WITH_OUR_SECRET || evil == Evil.SIGNED_WITH_THE_PUBLIC_KEY) {
            byte[] secret = evil == Evil.SIGNED_WITH_OUR_SECRET
                    ? Arrays.copyOf(SECRET.getBytes(StandardCharsets.UTF_8), 32)
                    : key.toRSAPublicKey().getEncoded();
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims);
            token.sign(new MACSigner(secret));
            return token.serialize();
        }
        RSAKey signing = evil == Evil.SIGNED_BY_SOMEBODY_ELSE ? newKey() : key;
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
        token.sign(new RSASSASigner(signing));
        return token.serialize();
    }

    private static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(2_048)
                    .keyID(UUID.randomUUID().toString())
                    .algorithm(JWSAlgorithm.RS256)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String basic() {
        String pair = CLIENT + ":" + encoded(SECRET);
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** OpenID Connect Core 1.0, section 3.1.3.6. */
    private static String halfHash(String text) {
        return Base64URL.encode(Arrays.copyOf(sha256(text), 16)).toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> result = new HashMap<>();
        for (String pair : query.split("&")) {
            String[] parts = pair.split("=", 2);
            result.put(decoded(parts[0]), decoded(parts.length == 2 ? parts[1] : ""));
        }
        return result;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
