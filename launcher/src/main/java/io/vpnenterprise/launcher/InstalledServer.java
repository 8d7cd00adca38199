package io.vpnenterprise.launcher;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Payara Server or WildFly, set up by the operator's own scripts, for the tests of the product on each server. */
public final class InstalledServer implements ApplicationServer {
    private static final Duration START_LIMIT = Duration.ofMinutes(4);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final String name;
    private final URI url;
    private final Path log;
    private final ChildProcess process;

    private InstalledServer(String name, ServerSpec spec, ChildProcess process) {
        this.name = name;
        this.url = URI.create("http://127.0.0.1:" + spec.port());
        this.log = spec.log();
        this.process = process;
    }

    /**
     * Payara Server 6 from its distribution.
     *
     * @param scripts {@code server-config/payara} of the source tree
     */
    public static InstalledServer payara(Path zip, Path scripts, ServerSpec spec) {
        return start("Payara Server", zip, scripts, spec);
    }

    /**
     * WildFly 39 from its distribution.
     *
     * @param scripts {@code server-config/wildfly} of the source tree
     */
    public static InstalledServer wildfly(Path zip, Path scripts, ServerSpec spec) {
        return start("WildFly", zip, scripts, spec);
    }

    /** Unpacks and installs, which takes half a minute, and starts; {@link #awaitReady} waits for the rest. */
    private static InstalledServer start(String name, Path zip, Path scripts, ServerSpec spec) {
        int adminPort = Ports.free();
        Distribution distribution = Distribution.unpack(zip, scripts, spec.home());
        distribution.install(spec, adminPort);
        return new InstalledServer(name, spec, distribution.start(spec, adminPort));
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
        Readiness.await(name, url, process, log, START_LIMIT);
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
}
