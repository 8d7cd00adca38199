package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import io.vpnenterprise.launcher.EmbeddedPostgres;
import io.vpnenterprise.launcher.PayaraMicro;
import io.vpnenterprise.launcher.Ports;
import io.vpnenterprise.launcher.ServerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The product on Payara Micro with a PostgreSQL of its own, in a directory that goes with it. Without a node: tests
 * register what they need.
 */
final class Product implements AutoCloseable {

    static final String MASTER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    static final String ADMIN_EMAIL = "admin@vpn.local";
    static final String ADMIN_PASSWORD = "the admin of these tests";
    static final String MEMBER_PASSWORD = "a member's password";
    static final String ALLOWED_ORIGIN = "https://console.example.org";

    private static Product shared;

    private final Path home;
    private final EmbeddedPostgres postgres;
    private final int port = Ports.free();
    private final Map<String, String> settings;
    private PayaraMicro server;

    private Product(Map<String, String> settings) {
        try {
            // Below /tmp, since PostgreSQL's own user must be able to reach it.
            home = Files.createTempDirectory(
                    "vpn-system-test",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.settings = settings;
        this.postgres = EmbeddedPostgres.start(home.resolve("postgresql"));
    }

    /** A product of the test's own, started and ready. */
    static Product start(Map<String, String> settings) {
        Product product = new Product(settings);
        try {
            product.startServer();
            return product;
        } catch (RuntimeException e) {
            product.close();
            throw e;
        }
    }

    /** One for all tests that leave nothing behind which disturbs others; stopped when the JVM ends. */
    static synchronized Product shared() {
        if (shared == null) {
            shared = start(Map.of());
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "stop the shared product"));
        }
        return shared;
    }

    /** Starts the server again, after {@link #kill}, on the same database and port. */
    void startServer() {
        Map<String, String> environment = new HashMap<>();
        environment.put("VPN_MASTER_KEY", MASTER_KEY);
        environment.put("VPN_ADMIN_EMAIL", ADMIN_EMAIL);
        environment.put("VPN_ADMIN_PASSWORD", ADMIN_PASSWORD);
        environment.put("VPN_PUBLIC_URL", "http://localhost:" + port);
        environment.put("ALLOWED_ORIGINS", ALLOWED_ORIGIN);
        // A name server of the configuration would have to be reachable from every test's namespace.
        environment.put("VPN_ACCESS_DNS", "none");
        environment.put("VPN_HOUSEKEEPING_EVERY", "PT5S");
        environment.putAll(settings);
        server = PayaraMicro.start(new ServerSpec(
                home.resolve("server"),
                Path.of(System.getProperty("product.archives")),
                log(),
                port,
                postgres.database(),
                environment,
                Map.of()));
        server.awaitReady();
    }

    /** SIGKILL to the server; the database goes on. */
    void kill() {
        server.kill();
    }

    URI url() {
        return server.url();
    }

    Database database() {
        return postgres.database();
    }

    /** Outlives the product, for whoever reads after a failure. */
    Path log() {
        return Path.of("target", "products", home.getFileName() + ".log").toAbsolutePath();
    }

    /** Nobody's calls. */
    Api anonymous() {
        return new Api(url());
    }

    Api admin() {
        return anonymous().signIn(ADMIN_EMAIL, ADMIN_PASSWORD);
    }

    /** A new member's calls. */
    Api member() {
        return anonymous().signUp(Api.newEmail(), MEMBER_PASSWORD);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        postgres.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
