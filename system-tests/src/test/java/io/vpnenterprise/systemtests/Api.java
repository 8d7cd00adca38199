package io.vpnenterprise.systemtests;

import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** Calls the API as a client would, as one user or nobody. Immutable, thread-safe. */
final class Api {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final URI url;
    private final String token;
    private final String refreshToken;
    private final List<String> headers;

    /** What came back. */
    record Answer(int status, byte[] bytes, HttpHeaders headers) {

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        JsonObject json() {
            try (JsonReader reader = Json.createReader(new StringReader(text()))) {
                return reader.readObject();
            }
        }

        JsonObject data() {
            return json().getJsonObject("data");
        }

        /** The error's code, or the empty text. */
        String code() {
            return json().getString("code", "");
        }

        Answer expect(int expected) {
            if (status != expected) {
                throw new AssertionError("expected " + expected + ", got " + status + ": " + text());
            }
            return this;
        }

        String header(String name) {
            return headers.firstValue(name).orElse(null);
        }
    }

    Api(URI url) {
        this(url, null, null, List.of());
    }

    private Api(URI url, String token, String refreshToken, List<String> headers) {
        this.url = url;
        this.token = token;
        this.refreshToken = refreshToken;
        this.headers = headers;
    }

    static String newEmail() {
        return "member-" + UUID.randomUUID() + "@example.org";
    }

    Api signUp(String email, String password) {
        return signedIn(post("/api/auth/signup", credentials(email, password)).expect(201));
    }

    Api signIn(String email, String password) {
        return signedIn(post("/api/auth/login", credentials(email, password)).expect(200));
    }

    /** The same member with the next tokens. */
    Api refreshed() {
        return signedIn(post(
                        "/api/auth/refresh",
                        Json.createObjectBuilder()
                                .add("refreshToken", refreshToken)
                                .build())
                .expect(200));
    }

    Api withToken(String accessToken) {
        return new Api(url, accessToken, refreshToken, headers);
    }

    Api withHeader(String name, String value) {
        List<String> more = new ArrayList<>(headers);
        more.add(name);
        more.add(value);
        return new Api(url, token, refreshToken, List.copyOf(more));
    }

    String token() {
        return token;
    }

    /** The session that the token belongs to. */
    String sessionId() {
        String claims = new String(Base64.getUrlDecoder().decode(token.split("[.]")[1]), StandardCharsets.UTF_8);
        try (JsonReader reader = Json.createReader(new StringReader(claims))) {
            return reader.readObject().getString("sid");
        }
    }

    String refreshToken() {
        return refreshToken;
    }

    Answer get(String path) {
        return send("GET", path, null);
    }

    Answer post(String path, JsonObject body) {
        return post(path, body.toString());
    }

    Answer post(String path, String body) {
        return send("POST", path, body);
    }

    Answer delete(String path) {
        return send("DELETE", path, null);
    }

    Answer send(String method, String path, String body) {
        return body == null
                ? send(method, path, null, HttpRequest.BodyPublishers.noBody())
                : send(method, path, "application/json", HttpRequest.BodyPublishers.ofString(body));
    }

    Answer send(String method, String path, String contentType, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path)).timeout(Duration.ofSeconds(30));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        request.method(method, body);
        try {
            HttpResponse<byte[]> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.body(), response.headers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An answer of any length, as it comes. */
    InputStream stream(String path) {
        HttpRequest request = HttpRequest.newBuilder(url.resolve(path))
                .header("Authorization", "Bearer " + token)
                .build();
        try {
            HttpResponse<InputStream> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new AssertionError("expected 200, got " + response.statusCode());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the member's own audit has an entry of this action; returns it. */
    JsonObject awaitAudit(String action) {
        return await("audit entry " + action)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> get("/api/user/audit?pageSize=100")
                                .expect(200)
                                .data()
                                .getJsonArray("items")
                                .getValuesAs(JsonObject.class)
                                .stream()
                                .filter(entry -> entry.getString("action").equals(action))
                                .toList(),
                        found -> !found.isEmpty())
                .get(0);
    }

    /** Adds a device whose key pair the platform makes; returns the answer's data. */
    JsonObject addDevice(String name) {
        return post(
                        "/api/user/devices",
                        Json.createObjectBuilder().add("name", name).build())
                .expect(201)
                .data();
    }

    /** Makes an API key that works for a day; returns the answer's data. */
    JsonObject addKey(String... scopes) {
        return post("/api/user/api-keys", newKey(UUID.randomUUID().toString(), scopes))
                .expect(201)
                .data();
    }

    /** The body that asks for an API key of a day. */
    static String newKey(String name, String... scopes) {
        return newKey(name, OffsetDateTime.now().plusDays(1), scopes);
    }

    static String newKey(String name, OffsetDateTime expiresAt, String... scopes) {
        return Json.createObjectBuilder()
                .add("name", name)
                .add("scopes", Json.createArrayBuilder(List.of(scopes)))
                .add("expiresAt", expiresAt.toString())
                .build()
                .toString();
    }

    /** Registers a node; returns its id. */
    String addNode(String name, String transport, String networkNamespace, String endpointHost) {
        var node = Json.createObjectBuilder()
                .add("name", name)
                .add("transport", transport)
                .add("endpointHost", endpointHost);
        if (networkNamespace != null) {
            node.add("networkNamespace", networkNamespace);
        }
        return post("/api/admin/nodes", node.build()).expect(201).data().getString("id");
    }

    /** Creates a server; returns the answer's data. */
    JsonObject addServer(String name, String region, int port, String nodeId) {
        return post(
                        "/api/vpn/servers",
                        Json.createObjectBuilder()
                                .add("name", name)
                                .add("region", region)
                                .add("port", port)
                                .add("nodeId", nodeId)
                                .build())
                .expect(201)
                .data();
    }

    private Api signedIn(Answer answer) {
        JsonObject data = answer.data();
        return new Api(url, data.getString("accessToken"), data.getString("refreshToken"), headers);
    }

    private static JsonObject credentials(String email, String password) {
        return Json.createObjectBuilder()
                .add("email", email)
                .add("password", password)
                .build();
    }
}
