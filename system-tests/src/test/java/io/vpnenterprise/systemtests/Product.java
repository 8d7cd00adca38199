package io.vpnenterprise.systemtests;

import static org.awaitility.Awaitility.await;

import io.vpnenterprise.launcher.ApplicationServer;
import io.vpnenterprise.launcher.Database;
import io.vpnenterprise.launcher.EmbeddedPostgres;
import io.vpnenterprise.launcher.InstalledServer;
import io.vpnenterprise.launcher.PayaraMicro;
import io.vpnenterprise.launcher.Ports;
import io.vpnenterprise.launcher.ServerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The product on one of its servers, with a PostgreSQL of its own, in a directory that goes with it. Without a node: tests
 * register what they need.
 */
final class Product implements AutoCloseable {

    static final String MASTER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    static final String ADMIN_EMAIL = "admin@vpn.local";
    static final String ADMIN_PASSWORD = "the admin of these tests";
    static final String MEMBER_PASSWORD = "a member's password";
    static final String ALLOWED_ORIGIN = "https://console.example.org";
    static final int TRIES_PER_ADDRESS = 1_000_000;

    private static Product shared;

    /** The servers that the product runs on. */
    enum Kind {
        PAYARA_MICRO("product.archives") {
            @Override
            ApplicationServer start(ServerSpec spec) {
                return PayaraMicro.start(spec);
            }
        },
        PAYARA("product.servers") {
            @Override
            ApplicationServer start(ServerSpec spec) {
                return InstalledServer.payara(archives().resolve("payara.zip"), scripts("payara"), spec);
            }
        },
        WILDFLY("product.servers") {
            @Override
            ApplicationServer start(ServerSpec spec) {
                return InstalledServer.wildfly(archives().resolve("wildfly.zip"), scripts("wildfly"), spec);
            }
        };

        private final String archivesProperty;

        /** @param archivesProperty names the directory of what is installed or deployed */
        Kind(String archivesProperty) {
            this.archivesProperty = archivesProperty;
        }

        /** The one that this run of the tests is about, unless a test says otherwise. */
        static Kind ofThisRun() {
            return valueOf(
                    System.getProperty("product.server").replace('-', '_').toUpperCase(Locale.ROOT));
        }

        /** Starts the server on the loopback's port of the specification; does not wait until it is ready. */
        abstract ApplicationServer start(ServerSpec spec);

        Path archives() {
            return Path.of(System.getProperty(archivesProperty));
        }

        private static Path scripts(String server) {
            return Path.of(System.getProperty("product.root"), "server-config", server);
        }
    }

    private final Kind kind;
    private final Path home;
    private EmbeddedPostgres postgres;
    private EmbeddedPostgres tenants;
    private final int port = Ports.free();
    private final Map<String, String> settings;
    private final boolean lasting;
    private ApplicationServer server;

    private Product(Kind kind, Map<String, String> settings, boolean lasting) {
        this.kind = kind;
        this.lasting = lasting;
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
        return start(Kind.ofThisRun(), settings, false, product -> {});
    }

    /** One that runs for minutes: slower to start, and faster afterwards. */
    static Product startLasting(Map<String, String> settings) {
        return start(Kind.ofThisRun(), settings, true, product -> {});
    }

    /** The same with a server for tenants' databases. */
    static Product startLastingWithTenants(Map<String, String> settings) {
        return started(new Product(Kind.ofThisRun(), settings, true).withTenants(), product -> {});
    }

    /** One that has a server for tenants' databases. */
    static Product startWithTenants(Map<String, String> settings) {
        return started(new Product(Kind.ofThisRun(), settings, false).withTenants(), product -> {});
    }

    /**
     * A product of the test's own with a server for tenants' databases, started and ready.
     *
     * @param onFirstDeployment sees it on the first deployment into the new server, which on Payara is not the one that
     *     goes on
     */
    static Product start(Kind kind, Map<String, String> settings, Consumer<Product> onFirstDeployment) {
        return started(new Product(kind, settings, false).withTenants(), onFirstDeployment);
    }

    private static Product start(
            Kind kind, Map<String, String> settings, boolean lasting, Consumer<Product> onFirstDeployment) {
        return started(new Product(kind, settings, lasting), onFirstDeployment);
    }

    private static Product started(Product product, Consumer<Product> onFirstDeployment) {
        try {
            if (product.kind == Kind.PAYARA) {
                product.startInstalled(onFirstDeployment);
            } else {
                product.startServer();
                onFirstDeployment.accept(product);
            }
            return product;
        } catch (RuntimeException | Error e) {
            product.close();
            throw e;
        }
    }

    private Product withTenants() {
        tenants = EmbeddedPostgres.startForTenants(home.resolve("tenants"));
        return this;
    }

    /** Payara's install.sh deploys into the running domain and stops it: until it may, this looks at the deployment. */
    private void startInstalled(Consumer<Product> onFirstDeployment) {
        Path deployed = home.resolve("deployed");
        Path seen = home.resolve("seen");
        Map<String, String> more = new HashMap<>(settings);
        more.put("AFTER_DEPLOYMENT", pausingProgram(deployed, seen).toString());
        CompletableFuture<ApplicationServer> installed =
                CompletableFuture.supplyAsync(() -> kind.start(spec("server", port, log(), more)));
        try {
            await("the first deployment")
                    .atMost(Duration.ofMinutes(5))
                    .until(() -> Files.exists(deployed) || installed.isDone());
            if (Files.exists(deployed)) {
                onFirstDeployment.accept(this);
            }
        } finally {
            touch(seen);
            server = installed.join();
        }
        server.awaitReady();
    }

    /** A program that says that it began, and ends when it may. */
    private Path pausingProgram(Path begun, Path mayEnd) {
        try {
            return Files.writeString(
                    Files.createFile(
                            home.resolve("pause"),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"))),
                    "#!/bin/sh\ntouch '%s'\nuntil [ -e '%s' ]; do sleep 0.2; done\n".formatted(begun, mayEnd));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void touch(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One for all tests that leave nothing behind which disturbs others; stopped when the JVM ends. */
    static synchronized Product shared() {
        if (shared == null) {
            Map<String, String> settings = new HashMap<>(SmallProvider.settings());
            // Of no server but one that a test makes so old.
            settings.put("VPN_FLEET_SERVER_KEY_LIFE", "P3650D");
            shared = started(new Product(Kind.ofThisRun(), settings, true).withTenants(), product -> {});
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "stop the shared product"));
        }
        return shared;
    }

    /** Starts the server again, after {@link #kill}, on the same database and port. */
    void startServer() {
        server = kind.start(spec("server", port, log(), settings));
        server.awaitReady();
    }

    /** Starts one more application node on the same database, with other settings of its own. */
    ApplicationServer startAnother(Map<String, String> different) {
        String name = "another-" + UUID.randomUUID();
        ApplicationServer another = kind.start(spec(name, Ports.free(), log(name), different));
        try {
            another.awaitReady();
            return another;
        } catch (RuntimeException e) {
            another.close();
            throw e;
        }
    }

    private ServerSpec spec(String directory, int listen, Path log, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>();
        environment.put("VPN_MASTER_KEY", MASTER_KEY);
        environment.put("VPN_ADMIN_EMAIL", ADMIN_EMAIL);
        environment.put("VPN_ADMIN_PASSWORD", ADMIN_PASSWORD);
        environment.put("VPN_PUBLIC_URL", publicUrl());
        environment.put("ALLOWED_ORIGINS", ALLOWED_ORIGIN);
        // So that a test can come from any address, by X-Forwarded-For.
        environment.put("VPN_TRUSTED_PROXIES", "127.0.0.1");
        // A name server of the configuration would have to be reachable from every test's namespace.
        environment.put("VPN_ACCESS_DNS", "none");
        // The builds of several people share our test machines.
        environment.put("VPN_ACCESS_APPLY_DEADLINE", "PT20S");
        environment.put("VPN_BODY_DEADLINE", "PT5S");
        // What is wrong to say in a log is wrong at every level.
        environment.put("LOG_LEVEL", "trace");
        // All tests are one address, and some are one user.
        for (String route : List.of("PUBLIC", "CREDENTIALS", "REFRESH", "API", "STRICT")) {
            environment.put("VPN_RATE_LIMITS_" + route, "1000000/PT1M");
        }
        environment.put("VPN_HOUSEKEEPING_EVERY", "PT5S");
        // Hundreds of tests sign in as the same admin, and each goes on with its session.
        environment.put("VPN_IDENTITY_SESSIONS_PER_USER", "100000");
        // All tests come from one address.
        environment.put("VPN_IDENTITY_TRIES_PER_ADDRESS", String.valueOf(TRIES_PER_ADDRESS));
        // Receivers of the tests listen here; nothing leaves this machine.
        environment.put("VPN_WEBHOOKS_NETWORKS", "any");
        environment.put("VPN_WEBHOOKS_PER_USER", "1000");
        if (tenants != null) {
            environment.put("VPN_TENANTS_CLUSTER_URL", tenants.superuser().url() + "?sslmode=require");
        }
        if (!lasting) {
            // The first compiler alone: a start takes two thirds of the time.
            environment.put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
        }
        environment.putAll(more);
        return new ServerSpec(
                home.resolve(directory), kind.archives(), log, listen, postgres.database(), environment, Map.of());
    }

    /** SIGKILL to the server; the database goes on. */
    void kill() {
        server.kill();
    }

    /** SIGKILL to the database; the server goes on. */
    void killDatabase() {
        postgres.kill();
    }

    /** Starts the database again, after {@link #killDatabase}, with what it had and on the same port. */
    void startDatabase() {
        postgres = EmbeddedPostgres.start(
                home.resolve("postgresql"),
                postgres.binaries(),
                postgres.database().port(),
                Map.of());
    }

    /** SIGKILL to the server of tenants' databases. */
    void killTenants() {
        tenants.kill();
    }

    void startTenants() {
        tenants = EmbeddedPostgres.startForTenants(
                home.resolve("tenants"), tenants.binaries(), tenants.superuser().port());
    }

    /** The server of tenants' databases, as its superuser. */
    Database tenants() {
        return tenants.superuser();
    }

    /** Where that server has its data. */
    Path tenantsFiles() {
        return home.resolve("tenants").resolve("data");
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The address by which it is told that it is known. */
    String publicUrl() {
        return "http://localhost:" + port;
    }

    /** What is alive on the server's heap, after a collection. */
    long liveHeapBytes() {
        ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
        long java = Stream.concat(Stream.of(process), process.descendants())
                .filter(one -> one.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElse(process)
                .pid();
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String total = Program.run(jcmd, Long.toString(java), "GC.class_histogram")
                .orFail()
                .stdout()
                .lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(total.strip().split(" +")[2]);
    }

    Database database() {
        return postgres.database();
    }

    /** For what no role of the product may do. */
    Database superuser() {
        return postgres.superuser();
    }

    /** Outlives the product, for whoever reads after a failure. */
    Path log() {
        return log("server");
    }

    /** What is in the server's log, rotated files too, the newest first; a line may take a moment to get there. */
    String loggedText() {
        return Stream.concat(Stream.of(log()), Stream.of(1, 2, 3, 4).map(i -> log().resolveSibling(
                                log().getFileName() + "." + i)))
                .filter(Files::exists)
                .map(Product::read)
                .collect(Collectors.joining());
    }

    /** What PostgreSQL logged. */
    String databaseLoggedText() {
        return read(home.resolve("postgresql").resolve("log"));
    }

    private static String read(Path log) {
        try {
            // Any byte is a character: a line may be cut in the middle of one.
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path log(String name) {
        return Path.of("target", "products", home.getFileName() + "-" + name + ".log")
                .toAbsolutePath();
    }

    /** Nobody's calls. */
    Api anonymous() {
        return new Api(url());
    }

    /** The first admin, who is a super admin. */
    Api admin() {
        return anonymous().signIn(ADMIN_EMAIL, ADMIN_PASSWORD);
    }

    /** A new admin who is no super admin. */
    Api plainAdmin() {
        return promoted("ADMIN");
    }

    /** A super admin beside the first: a test that ends the first one's sessions can go on with this one's. */
    Api anotherSuperAdmin() {
        return promoted("SUPER_ADMIN");
    }

    private Api promoted(String role) {
        String email = Api.newEmail();
        anonymous().signUp(email, MEMBER_PASSWORD);
        setRole(email, role);
        return anonymous().signIn(email, MEMBER_PASSWORD);
    }

    /** Sets a role past all rules, without anybody being told. */
    void setRole(String email, String role) {
        try (Connection connection = database().connect();
                PreparedStatement update = connection.prepareStatement("UPDATE users SET role = ? WHERE email = ?")) {
            update.setString(1, role);
            update.setString(2, email);
            update.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Leaves one super admin, past all rules; returns the addresses of those who were, to be given their role again. */
    List<String> demoteSuperAdminsBut(String userId) {
        List<String> demoted = new ArrayList<>();
        try (Connection connection = database().connect();
                PreparedStatement update = connection.prepareStatement("""
                        UPDATE users SET role = 'USER' WHERE role = 'SUPER_ADMIN' AND state = 'ACTIVE' AND id <> ?::uuid
                        RETURNING email""")) {
            update.setString(1, userId);
            ResultSet rows = update.executeQuery();
            while (rows.next()) {
                demoted.add(rows.getString(1));
            }
            return demoted;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a user a member of an organisation without an invitation. */
    void addToOrganisation(String organisationId, String userId, String role) {
        try (Connection connection = database().connect();
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO organisation_members (organisation_id, user_id, role, joined_at)
                        VALUES (?::uuid, ?::uuid, upper(?), now())""")) {
            insert.setString(1, organisationId);
            insert.setString(2, userId);
            insert.setString(3, role);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a user a member of a tenant without an invitation. */
    void addToTenant(String tenantId, String userId, String role) {
        try (Connection connection = database().connect();
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO tenant_members (tenant_id, user_id, role, joined_at)
                        VALUES (?::uuid, ?::uuid, upper(?), now())""")) {
            insert.setString(1, tenantId);
            insert.setString(2, userId);
            insert.setString(3, role);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new member's calls. */
    Api member() {
        return anonymous().signUp(Api.newEmail(), MEMBER_PASSWORD);
    }

    /** A new member's calls, who has proved his address. */
    Api verifiedMember() {
        Api member = member();
        verify(member.get("/api/auth/me").expect(200).data().getString("id"));
        return member;
    }

    /** Lets a user's address count as proved. */
    void verify(String userId) {
        try (Connection connection = database().connect();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE users SET email_verified_at = now() WHERE id = ?::uuid")) {
            update.setString(1, userId);
            update.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        if (tenants != null) {
            tenants.close();
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
