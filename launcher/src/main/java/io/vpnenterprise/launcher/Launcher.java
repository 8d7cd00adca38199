package io.vpnenterprise.launcher;

import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Starts the product on this machine and stops it again: PostgreSQL, then Payara Micro with the product's archives.
 *
 * <p>Ctrl-C and SIGTERM end it by the JVM's shutdown hook, which is the only place that stops things, in the reverse of
 * their order. What keeps it from starting is told in one sentence, with exit code 1.
 */
public final class Launcher {
    private static final String ADMIN_EMAIL = "admin@vpn.local";

    private final LaunchOptions options;
    private final PrintStream console;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private boolean stopping;

    Launcher(LaunchOptions options, PrintStream console) {
        this.options = options;
        this.console = console;
    }

    public static void main(String[] arguments) {
        try {
            new Launcher(LaunchOptions.of(arguments, System::getProperty, System.getenv()), System.out).run();
        } catch (LaunchException e) {
            System.err.println(e.getMessage());
        }
        // Reached when something failed; Ctrl-C ends the JVM elsewhere. The shutdown hook stops what had started.
        System.exit(1);
    }

    /** Returns only when something failed or the end was asked for. */
    private void run() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        try {
            startAndServe();
        } catch (LaunchException e) {
            synchronized (started) {
                // While the hook stops things, whatever fails does so for that reason.
                if (!stopping) {
                    throw e;
                }
            }
        }
    }

    private void startAndServe() {
        DataDirectory data = starting(() -> DataDirectory.open(options.data()));
        if (!Ports.isFree(options.port())) {
            throw new LaunchException("Port " + options.port() + " is in use: choose another with -Dport=NUMBER.");
        }
        if (options.node() == LaunchOptions.Node.WIREGUARD) {
            starting(WireGuardHost::open);
        }
        data.prepareSecrets();
        EmbeddedPostgres postgres = starting(() -> EmbeddedPostgres.start(data.postgres()));
        EmbeddedPostgres tenants = starting(() -> EmbeddedPostgres.startForTenants(data.tenants()));
        console.println("Started " + postgres.binaries() + "; starting the product, which takes a moment.");
        PayaraMicro server = startServer(data, postgres, tenants);
        server.awaitReady();
        welcome(data);
        if (options.watch()) {
            rebuildOnChange(data, postgres, tenants, server);
        } else {
            server.onExit().join();
            throw unexpectedEnd(data);
        }
    }

    private PayaraMicro startServer(DataDirectory data, EmbeddedPostgres postgres, EmbeddedPostgres tenants) {
        return starting(() -> PayaraMicro.start(new ServerSpec(
                data.server(),
                options.archives(),
                data.serverLog(),
                options.port(),
                postgres.database(),
                environment(data, tenants),
                Map.of())));
    }

    private Map<String, String> environment(DataDirectory data, EmbeddedPostgres tenants) {
        Map<String, String> environment = new HashMap<>();
        environment.put("VPN_TENANTS_CLUSTER_URL", tenants.superuser().url() + "?sslmode=require");
        environment.put("PORT", Integer.toString(options.port()));
        environment.put("VPN_MASTER_KEY_FILE", data.masterKey().toString());
        environment.put("VPN_ADMIN_EMAIL", ADMIN_EMAIL);
        environment.put("VPN_PUBLIC_URL", publicUrl());
        environment.put("VPN_EMBEDDED_NODE", options.node().word());
        if (Files.exists(data.adminPassword())) {
            environment.put("VPN_ADMIN_PASSWORD_FILE", data.adminPassword().toString());
        }
        return environment;
    }

    /** A name and no address: browsers offer passkeys on localhost only. */
    private String publicUrl() {
        // As browsers write it: without the scheme's own port.
        return options.port() == 80 ? "http://localhost" : "http://localhost:" + options.port();
    }

    private void welcome(DataDirectory data) {
        console.println();
        console.println("VPN Enterprise is running at " + publicUrl());
        console.println("  sign in as  " + ADMIN_EMAIL);
        data.takeAdminPassword()
                .ifPresent(password -> console.println("  password    " + password + "  (shown this once)"));
        console.println(
                switch (options.node()) {
                    case SIMULATED ->
                        "  node        simulated: nothing is tunnelled; -Dnode=wireguard makes this "
                                + "machine a real one";
                    case WIREGUARD -> "  node        this machine, with WireGuard";
                });
        console.println("  data        " + options.data());
        console.println("Stop it with Ctrl-C.");
    }

    private void rebuildOnChange(
            DataDirectory data, EmbeddedPostgres postgres, EmbeddedPostgres tenants, PayaraMicro first) {
        PayaraMicro server = first;
        SourceWatch sources = starting(() -> SourceWatch.open(options.archives()));
        console.println("Watching " + sources.root() + " for changes.");
        while (true) {
            if (!sources.awaitChange(server)) {
                throw unexpectedEnd(data);
            }
            console.println("Changed: building.");
            if (!sources.build()) {
                console.println("The build failed; the previous version goes on.");
                continue;
            }
            stopping(server);
            server = startServer(data, postgres, tenants);
            server.awaitReady();
            console.println("Restarted at " + publicUrl());
        }
    }

    private static LaunchException unexpectedEnd(DataDirectory data) {
        return new LaunchException("Payara Micro ended unexpectedly; its log is " + data.serverLog() + ".");
    }

    /** Starts one thing under the lock that the shutdown hook takes: a Ctrl-C in between misses nothing. */
    private <T extends AutoCloseable> T starting(Supplier<T> start) {
        synchronized (started) {
            if (stopping) {
                throw new LaunchException("Stopped before everything had started.");
            }
            T thing = start.get();
            started.push(thing);
            return thing;
        }
    }

    private void stopping(PayaraMicro server) {
        synchronized (started) {
            started.remove(server);
            server.close();
        }
    }

    private void stop() {
        synchronized (started) {
            stopping = true;
            if (started.size() > 1) {
                console.println("Stopping.");
            }
            while (!started.isEmpty()) {
                try {
                    started.pop().close();
                } catch (Exception e) {
                    console.println("Stopping went wrong: " + e.getMessage());
                }
            }
        }
    }
}
