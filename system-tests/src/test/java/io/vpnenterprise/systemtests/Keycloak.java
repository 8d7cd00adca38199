package io.vpnenterprise.systemtests;

import static org.awaitility.Awaitility.await;

import io.vpnenterprise.launcher.Ports;
import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real Keycloak as its distribution runs for development: H2 within, plain HTTP on the loopback. It sets its own defaults,
 * the hashing of passwords among them.
 */
final class Keycloak implements AutoCloseable {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String ADMIN = "admin";
    private static final Duration START_LIMIT = Duration.ofMinutes(4);

    private final int port;
    private final Process process;

    private Keycloak(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /** On a port that is free, to be known before it starts. */
    static int freePort() {
        return Ports.free();
    }

    static Keycloak start(int port) {
        Path home = Path.of(System.getProperty("keycloak.home"));
        Path log = Path.of("target", "products", "keycloak.log").toAbsolutePath();
        try {
            // Each begins with nothing.
            delete(home.resolve("data"));
            Files.createDirectories(log.getParent());
            ProcessBuilder builder = new ProcessBuilder(
                            "bash",
                            home.resolve("bin/kc.sh").toString(),
                            "start-dev",
                            "--http-host=127.0.0.1",
                            "--http-port=" + port)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment()
                    .putAll(Map.of(
                            "JAVA_HOME",
                            System.getProperty("java.home"),
                            // Else it takes half of the machine's memory at once.
                            "JAVA_OPTS_KC_HEAP",
                            "-Xms256m -Xmx1g",
                            "KC_BOOTSTRAP_ADMIN_USERNAME",
                            ADMIN,
                            "KC_BOOTSTRAP_ADMIN_PASSWORD",
                            ADMIN));
            Keycloak keycloak = new Keycloak(port, builder.start());
            try {
                await("Keycloak, see " + log)
                        .atMost(START_LIMIT)
                        .pollInterval(Duration.ofMillis(500))
                        .ignoreExceptions()
                        .until(() -> keycloak.requireAlive()
                                        .api()
                                        .get("/realms/master")
                                        .status()
                                == 200);
                return keycloak;
            } catch (RuntimeException | Error e) {
                keycloak.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Keycloak requireAlive() {
        if (!process.isAlive()) {
            throw new AssertionError("Keycloak ended with " + process.exitValue());
        }
        return this;
    }

    static String issuer(int port, String realm) {
        return "http://127.0.0.1:" + port + "/realms/" + realm;
    }

    /** Nobody's calls. */
    Api api() {
        return new Api(URI.create("http://127.0.0.1:" + port));
    }

    /** Its own admin's calls; the token lasts a minute. */
    Api admin() {
        return api().withToken(tokens(
                        "master",
                        Map.of(
                                "client_id",
                                "admin-cli",
                                "grant_type",
                                "password",
                                "username",
                                ADMIN,
                                "password",
                                ADMIN))
                .getString("access_token"));
    }

    void addRealm(JsonObject representation) {
        admin().post("/admin/realms", representation).expect(201);
    }

    /** What the realm's token endpoint gives for a grant. */
    JsonObject tokens(String realm, Map<String, String> grant) {
        return api().send(
                        "POST",
                        "/realms/" + realm + "/protocol/openid-connect/token",
                        FORM,
                        HttpRequest.BodyPublishers.ofString(form(grant)))
                .expect(200)
                .json();
    }

    static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroy);
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
