package io.vpnenterprise.systemtests;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A receiver as it should be: checks the signature, and does its work once for each event's id, however often it comes.
 * And as receivers are: it fails in the ways that a test asks for.
 */
final class WebhookReceiver implements AutoCloseable {

    /** How one call goes. */
    enum Manner {
        TAKE,
        /** Fails before any work. */
        FAIL,
        /** Hangs up without a word. */
        HANG_UP,
        /** Does its work, and hangs up before it could say so. */
        TAKE_AND_HANG_UP,
        /** Answers, too late. */
        DAWDLE,
        REDIRECT,
        /** Wants no more calls. */
        GONE
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Supplier<Manner> manner;
    private final long dawdleSeconds;

    final List<JsonObject> calls = new CopyOnWriteArrayList<>();
    final Map<String, AtomicInteger> effects = new ConcurrentHashMap<>();
    final Map<String, String> bodies = new ConcurrentHashMap<>();
    final List<String> complaints = new CopyOnWriteArrayList<>();
    private volatile List<String> secrets = List.of();

    WebhookReceiver(long dawdleSeconds, Supplier<Manner> manner) {
        this.dawdleSeconds = dawdleSeconds;
        this.manner = manner;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::take);
        server.start();
    }

    static WebhookReceiver taking() {
        return new WebhookReceiver(0, () -> Manner.TAKE);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook?of=test";
    }

    /** What signs: each of these must have signed each call. */
    void expect(String... whsec) {
        secrets = List.of(whsec);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String text = new String(body, StandardCharsets.UTF_8);
            JsonObject event = read(text);
            String id = event.getString("id");
            check(exchange, id, body);
            String before = bodies.putIfAbsent(id, text);
            if (before != null && !before.equals(text)) {
                complaints.add("another body under one id: " + id);
            }
            calls.add(event);
            switch (manner.get()) {
                case TAKE -> {
                    effect(id);
                    answer(exchange, 200);
                }
                case FAIL -> answer(exchange, 500);
                case HANG_UP -> {
                    // Closing without an answer is what this is.
                }
                case TAKE_AND_HANG_UP -> effect(id);
                case DAWDLE -> {
                    closing.await(dawdleSeconds, TimeUnit.SECONDS);
                    answer(exchange, 200);
                }
                case REDIRECT -> {
                    exchange.getResponseHeaders().add("Location", url() + "&redirected");
                    answer(exchange, 302);
                }
                case GONE -> answer(exchange, 410);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The ledger: whoever comes first with an id does the work. */
    private void effect(String id) {
        effects.putIfAbsent(id, new AtomicInteger());
        effects.get(id).compareAndSet(0, 1);
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        byte[] said = ("answer " + status).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, said.length);
        exchange.getResponseBody().write(said);
    }

    private void check(HttpExchange exchange, String id, byte[] body) {
        String named = exchange.getRequestHeaders().getFirst("webhook-id");
        String timestamp = exchange.getRequestHeaders().getFirst("webhook-timestamp");
        String standard = exchange.getRequestHeaders().getFirst("webhook-signature");
        String original = exchange.getRequestHeaders().getFirst("X-VPN-Signature");
        if (!id.equals(named)) {
            complaints.add("webhook-id is " + named + ", the body's id " + id);
        }
        if (Math.abs(Long.parseLong(timestamp) - System.currentTimeMillis() / 1_000) > 300) {
            complaints.add("an old timestamp: " + timestamp);
        }
        boolean signedAsTheOriginal = false;
        for (String secret : secrets) {
            byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
            String v1 = "v1,"
                    + Base64.getEncoder()
                            .encodeToString(hmac(Base64.getDecoder().decode(secret.substring(6)), head, body));
            String sha256 = "sha256=" + HexFormat.of().formatHex(hmac(secret.getBytes(StandardCharsets.UTF_8), body));
            if (!Arrays.asList(standard.split(" ")).contains(v1)) {
                complaints.add("wrong webhook-signature for " + id);
            }
            signedAsTheOriginal |= sha256.equals(original);
        }
        if (!secrets.isEmpty() && !signedAsTheOriginal) {
            complaints.add("wrong X-VPN-Signature for " + id);
        }
    }

    private static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            Arrays.stream(parts).forEach(mac::update);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject read(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}
