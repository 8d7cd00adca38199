package io.vpnenterprise.systemtests;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A client of {@code /realtime}: keeps what it hears, and how it was closed. */
final class SocketClient implements AutoCloseable, WebSocket.Listener {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<JsonObject> heard = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final StringBuilder part = new StringBuilder();
    private volatile long closedAt;
    private WebSocket socket;

    private SocketClient() {}

    static SocketClient open(URI product) {
        return open(product, Map.of());
    }

    /** As a browser would, whose page has this origin. */
    static SocketClient open(URI product, String origin) {
        return open(product, Map.of("Origin", origin));
    }

    static SocketClient open(URI product, Map<String, String> headers) {
        SocketClient client = new SocketClient();
        WebSocket.Builder builder = CLIENT.newWebSocketBuilder().connectTimeout(LIMIT);
        headers.forEach(builder::header);
        try {
            client.socket = builder.buildAsync(URI.create("ws://" + product.getAuthority() + "/realtime"), client)
                    .join();
            return client;
        } catch (CompletionException e) {
            throw new IllegalStateException("no socket: " + e.getCause(), e.getCause());
        }
    }

    /** Open and ready. */
    static SocketClient ready(URI product, Api member) {
        SocketClient client = open(product).auth(member.token());
        client.await("ready");
        return client;
    }

    SocketClient auth(String token) {
        return send(Json.createObjectBuilder()
                .add("type", "auth")
                .add("token", token)
                .build()
                .toString());
    }

    /** Whether the message left, which says nothing of its being heard. */
    SocketClient send(String text) {
        try {
            socket.sendText(text, true).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            // It is closed; the test looks at how.
        }
        return this;
    }

    List<JsonObject> heard(String type) {
        return heard.stream()
                .filter(message -> message.getString("type").equals(type))
                .toList();
    }

    JsonObject await(String type) {
        await(type, 1);
        return heard(type).get(0);
    }

    void await(String type, int times) {
        org.awaitility.Awaitility.await(type + ", not " + this)
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> heard(type).size() >= times || isClosed());
        if (heard(type).size() < times) {
            throw new AssertionError("closed before " + type + ": " + closed.join());
        }
    }

    boolean isClosed() {
        return closed.isDone();
    }

    /** Waits until the server has closed it; code and reason. */
    String awaitClosed() {
        return closed.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** As {@link System#nanoTime}. */
    long closedAt() {
        return closedAt;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
        part.append(text);
        if (last) {
            try (JsonReader reader = Json.createReader(new StringReader(part.toString()))) {
                heard.add(reader.readObject());
            }
            part.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closedAt = System.nanoTime();
        closed.complete(code + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closedAt = System.nanoTime();
        closed.complete("error " + error);
    }

    @Override
    public void close() {
        socket.abort();
    }

    @Override
    public String toString() {
        return heard + (isClosed() ? " closed " + closed.join() : "");
    }
}
