package io.vpnenterprise.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A private PostgreSQL on loopback, its files in one directory: for the platform's own database, or for those of tenants,
 * which the platform makes there as the superuser. They are two clusters, since what one tenant can use up in a cluster,
 * such as its table of locks, is used up for all.
 *
 * <p>The directory holds {@code data/} (the cluster), {@code socket/}, {@code log} and passwords: of {@code postgres}, the
 * superuser, and, for the platform, of {@code vpn}, which owns the database {@code vpn} and nothing else. A second start
 * finds its data; a first start that was cut short begins anew.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String APPLICATION = "vpn";
    private static final Duration INITDB_LIMIT = Duration.ofSeconds(60);
    /** Long, because a start after a crash replays the write-ahead log first. */
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    /** sun_path of unix(7) is 108 bytes with its closing zero. */
    private static final int SOCKET_PATH_BYTES = 107;

    private final Path home;
    private final PostgresBinaries binaries;
    private final Optional<UnprivilegedUser> user;
    private final int port;
    private ChildProcess postgres;

    private EmbeddedPostgres(Path home, PostgresBinaries binaries, Optional<UnprivilegedUser> user, int port) {
        this.home = home;
        this.binaries = binaries;
        this.user = user;
        this.port = port;
    }

    /** Starts on a free port, with the binaries that fit the data directory. */
    public static EmbeddedPostgres start(Path home) {
        return start(home, binariesFor(home), Ports.free(), Map.of());
    }

    /**
     * Starts on this port.
     *
     * @param settings of postgresql.conf, beyond ours: a test may want {@code fsync=off}
     */
    public static EmbeddedPostgres start(Path home, PostgresBinaries binaries, int port, Map<String, String> settings) {
        EmbeddedPostgres database = of(home, binaries, port);
        database.prepare();
        database.launch(settings);
        try {
            database.createApplicationDatabase();
        } catch (LaunchException e) {
            database.close();
            throw e;
        }
        return database;
    }

    /** Starts a cluster for tenants' databases, on a free port. */
    public static EmbeddedPostgres startForTenants(Path home) {
        return startForTenants(home, binariesFor(home), Ports.free());
    }

    /**
     * Starts a cluster for tenants' databases on this port: by TLS alone, and each role into its own databases alone.
     *
     * @see TenantClusterSettings
     */
    public static EmbeddedPostgres startForTenants(Path home, PostgresBinaries binaries, int port) {
        EmbeddedPostgres database = of(home, binaries, port);
        database.prepare();
        database.launch(TenantClusterSettings.write(database.home, database.user));
        return database;
    }

    private static EmbeddedPostgres of(Path home, PostgresBinaries binaries, int port) {
        return new EmbeddedPostgres(home.toAbsolutePath(), binaries, UnprivilegedUser.neededHere(), port);
    }

    private void prepare() {
        prepareDirectories();
        requireFittingData();
        stopLeftover();
        initialise();
    }

    /** The product's database, as the role that owns it. */
    public Database database() {
        return new Database(HOST, port, APPLICATION, APPLICATION, password(APPLICATION));
    }

    /** The superuser: of the platform's database for tests and repairs alone; of tenants' the product's way in. */
    public Database superuser() {
        return new Database(HOST, port, "postgres", "postgres", password("postgres"));
    }

    public PostgresBinaries binaries() {
        return binaries;
    }

    public long pid() {
        return postgres.pid();
    }

    public boolean isAlive() {
        return postgres.isAlive();
    }

    /** Fast shutdown: sessions end, everything committed is on disk. An immediate one when that takes too long. */
    @Override
    public void close() {
        stop("fast");
        if (!postgres.endsWithin(Duration.ofSeconds(5))) {
            stop("immediate");
            postgres.stop(Duration.ofSeconds(5));
        }
    }

    /** SIGKILL, for tests of what a crash leaves: the next start recovers. */
    public void kill() {
        postgres.kill();
    }

    private static PostgresBinaries binariesFor(Path home) {
        Path data = home.resolve("data");
        return versionOf(data)
                .map(version -> PostgresBinaries.forDataOf(version, data))
                .orElseGet(PostgresBinaries::find);
    }

    private static Optional<Integer> versionOf(Path data) {
        try {
            Path version = data.resolve("PG_VERSION");
            return Files.exists(version)
                    ? Optional.of(Integer.parseInt(Files.readString(version).strip()))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("reading the version of " + data, e);
        }
    }

    /** Open to pass through, closed to read: the unprivileged user reaches his own directories inside. */
    private void prepareDirectories() {
        try {
            Directories.create(home, "rwx--x--x");
            if (user.isPresent()) {
                user.get().requireAccessTo(home);
            }
            ownedDirectory("socket");
        } catch (IOException e) {
            throw new LaunchException(home + " cannot be used for the database: " + e.getMessage(), e);
        }
    }

    private Path ownedDirectory(String name) throws IOException {
        Path directory = Directories.create(home.resolve(name), "rwx------");
        user.ifPresent(owner -> owner.own(directory));
        return directory;
    }

    private void requireFittingData() {
        versionOf(data()).filter(version -> version != binaries.majorVersion()).ifPresent(version -> {
            throw new LaunchException(data() + " was written by PostgreSQL " + version + "; " + binaries
                    + " cannot open it: install that version, or move the data with pg_upgrade.");
        });
    }

    /** A launcher that was killed leaves its PostgreSQL running; a stale pid file is no server, and pg_ctl knows. */
    private void stopLeftover() {
        if (Files.exists(data().resolve("postmaster.pid"))
                && pgCtl("status").run(STOP_LIMIT).succeeded()) {
            stop("fast");
        }
    }

    /** initdb runs in a directory beside the final one, so that a data directory is a whole one. */
    private void initialise() {
        if (Files.exists(data())) {
            return;
        }
        try {
            Directories.delete(home.resolve("unfinished"));
            Path unfinished = ownedDirectory("unfinished");
            Path passwordFile = unfinished.resolve("password");
            Secrets.keep(passwordFile, password("postgres"));
            user.ifPresent(owner -> owner.own(passwordFile));
            asUser(List.of(
                            binaries.program("initdb"),
                            "--pgdata=" + unfinished.resolve("data"),
                            "--username=postgres",
                            "--pwfile=" + passwordFile,
                            "--auth=scram-sha-256",
                            "--encoding=UTF8",
                            "--locale=" + locale(),
                            "--no-instructions"))
                    .require(INITDB_LIMIT);
            Files.move(unfinished.resolve("data"), data());
            Directories.delete(unfinished);
        } catch (IOException e) {
            throw new LaunchException("The database cannot be created in " + home + ": " + e.getMessage(), e);
        }
    }

    /** C.UTF-8 sorts by code point and knows upper and lower case; macOS and old Linuxes have only C. */
    private static String locale() {
        Command.Outcome known = Command.of("locale", "-a").run(Duration.ofSeconds(10));
        return known.output().lines().anyMatch(name -> name.equalsIgnoreCase("C.utf8") || name.equals("C.UTF-8"))
                ? "C.UTF-8"
                : "C";
    }

    private void launch(Map<String, String> settings) {
        Path log = home.resolve("log");
        List<String> arguments = new ArrayList<>(List.of(binaries.program("postgres"), "-D", data().toString()));
        setting(arguments, "listen_addresses", HOST);
        setting(arguments, "port", Integer.toString(port));
        setting(arguments, "unix_socket_directories", socketDirectory());
        setting(arguments, "max_connections", "200");
        settings.forEach((name, value) -> setting(arguments, name, value));
        postgres = ChildProcess.start(asUser(arguments).arguments(), Map.of(), log);
        boolean ready = Poll.until(START_LIMIT, () -> !postgres.isAlive() || isReady()) && postgres.isAlive();
        if (!ready) {
            postgres.stop(STOP_LIMIT);
            throw new LaunchException("PostgreSQL did not start; its log is " + log + ".");
        }
    }

    private static void setting(List<String> arguments, String name, String value) {
        arguments.add("-c");
        arguments.add(name + "=" + value);
    }

    /** Empty, which means none, when the path would be longer than the kernel takes: everybody connects over TCP. */
    private String socketDirectory() {
        Path directory = home.resolve("socket");
        int length = directory.resolve(".s.PGSQL.65535").toString().getBytes(StandardCharsets.UTF_8).length;
        return length <= SOCKET_PATH_BYTES ? directory.toString() : "";
    }

    /** The postmaster writes its state into the eighth line of its pid file; pg_ctl waits for the same word. */
    private boolean isReady() {
        try {
            List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
            return lines.size() >= 8
                    && lines.get(0).strip().equals(Long.toString(postgres.pid()))
                    && lines.get(7).strip().equals("ready");
        } catch (IOException e) {
            return false;
        }
    }

    /** Each part only when it is missing: a first start may have been cut short between any two. */
    private void createApplicationDatabase() {
        try (Connection connection = superuser().connect();
                Statement sql = connection.createStatement()) {
            if (!exists(sql, "pg_roles WHERE rolname")) {
                // The password is ours and hexadecimal; utility statements take no parameters.
                sql.execute("CREATE ROLE " + APPLICATION + " LOGIN PASSWORD '" + password(APPLICATION) + "'");
            }
            if (!exists(sql, "pg_database WHERE datname")) {
                sql.execute("CREATE DATABASE " + APPLICATION + " OWNER " + APPLICATION);
            }
        } catch (SQLException e) {
            throw new LaunchException("The database in " + home + " refused its set-up: " + e.getMessage(), e);
        }
    }

    private static boolean exists(Statement sql, String where) throws SQLException {
        try (ResultSet found = sql.executeQuery("SELECT 1 FROM " + where + " = '" + APPLICATION + "'")) {
            return found.next();
        }
    }

    private String password(String role) {
        return Secrets.keep(home.resolve(role + ".password"), Secrets.password());
    }

    private void stop(String mode) {
        pgCtl("stop", "--mode=" + mode, "--wait", "--timeout=" + STOP_LIMIT.toSeconds())
                .run(STOP_LIMIT.plusSeconds(5));
    }

    private Command pgCtl(String... arguments) {
        List<String> command = new ArrayList<>(List.of(binaries.program("pg_ctl")));
        command.addAll(List.of(arguments));
        command.add("--pgdata=" + data());
        return asUser(command);
    }

    private Command asUser(List<String> arguments) {
        return new Command(user.map(owner -> owner.running(arguments)).orElse(arguments));
    }

    private Path data() {
        return home.resolve("data");
    }
}
