package io.vpnenterprise.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Payara Micro as a child JVM, with the connector and the WAR deployed at the root context.
 *
 * <p>Its configuration is {@code server-config/payara-micro/}: boot commands without a secret in them, because they take
 * the database from the child's environment.
 */
public final class PayaraMicro implements ApplicationServer {
    private static final Duration START_LIMIT = Duration.ofSeconds(180);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final URI url;
    private final Path log;
    private final ChildProcess process;

    private PayaraMicro(URI url, Path log, ChildProcess process) {
        this.url = url;
        this.log = log;
        this.process = process;
    }

    /** Starts the child and returns at once: {@link #awaitReady} waits. */
    public static PayaraMicro start(ServerSpec spec) {
        prepareHome(spec.home());
        ChildProcess process = ChildProcess.start(arguments(spec), environment(spec), spec.log());
        return new PayaraMicro(URI.create("http://127.0.0.1:" + spec.port()), spec.log(), process);
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void awaitReady() {
        Readiness.await("Payara Micro", url, process, log, START_LIMIT);
    }

    @Override
    public CompletableFuture<Void> onExit() {
        return process.onExit();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.stop(STOP_LIMIT);
    }

    /** Emptied: a root directory that saw another boot would load its applications a second time. */
    private static void prepareHome(Path home) {
        try {
            Directories.delete(home);
            Directories.create(home, "rwx------");
            Directories.create(home.resolve("tmp"), "rwx------");
            for (String file : List.of("boot.asadmin", "logging.properties")) {
                try (InputStream content = PayaraMicro.class.getResourceAsStream("/payara-micro/" + file)) {
                    Files.copy(content, home.resolve(file));
                }
            }
        } catch (IOException e) {
            throw new LaunchException("The server's directory " + home + " cannot be prepared: " + e.getMessage(), e);
        }
    }

    private static List<String> arguments(ServerSpec spec) {
        List<String> arguments = new ArrayList<>();
        arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        arguments.add("-Xmx1g");
        // Inside the home, which the next start empties: Micro unpacks itself here and a killed one cannot clean up.
        arguments.add("-Djava.io.tmpdir=" + spec.home().resolve("tmp"));
        // Named, because looking the provider up for each token took a quarter of the time under load.
        arguments.add("-Djakarta.json.provider=org.eclipse.parsson.JsonProviderImpl");
        spec.systemProperties().forEach((name, value) -> arguments.add("-D" + name + "=" + value));
        arguments.add("-jar");
        arguments.add(archive(spec, "payara-micro.jar"));
        arguments.addAll(List.of("--nocluster", "--nohostaware", "--disablephonehome"));
        arguments.addAll(List.of("--rootdir", spec.home().resolve("domain").toString()));
        arguments.addAll(List.of(
                "--logproperties", spec.home().resolve("logging.properties").toString()));
        arguments.addAll(List.of(
                "--prebootcommandfile", spec.home().resolve("boot.asadmin").toString()));
        arguments.addAll(List.of("--port", Integer.toString(spec.port())));
        arguments.addAll(List.of("--addlibs", archive(spec, "postgresql.jar")));
        if (Files.exists(spec.archives().resolve("node-connector.rar"))) {
            arguments.addAll(List.of("--deploy", archive(spec, "node-connector.rar")));
        }
        arguments.addAll(List.of("--deploy", archive(spec, "vpn-enterprise.war") + ":/"));
        return arguments;
    }

    private static String archive(ServerSpec spec, String name) {
        Path archive = spec.archives().resolve(name);
        if (!Files.isRegularFile(archive)) {
            throw new LaunchException(archive + " is missing: build the product first.");
        }
        return archive.toString();
    }

    private static Map<String, String> environment(ServerSpec spec) {
        Map<String, String> environment = new HashMap<>(spec.environment());
        environment.put("DATABASE_URL", spec.database().url());
        environment.put("DATABASE_JDBC_URL", spec.database().jdbcUrl());
        environment.put("DATABASE_JDBC_USER", spec.database().user());
        environment.put("DATABASE_JDBC_PASSWORD", spec.database().password());
        return environment;
    }
}
