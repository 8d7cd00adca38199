package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.ApplicationServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A product on two application nodes, for all tests of sessions and keys over both; stopped when the JVM ends. */
final class TwoNodes {

    /** As short as requests of a busy test machine allow. */
    static final Duration REFRESH_GRACE = Duration.ofSeconds(3);

    static final int SESSIONS_PER_USER = 3;

    private static final Map<String, String> SETTINGS = Map.of(
            "VPN_IDENTITY_REFRESH_GRACE",
            REFRESH_GRACE.toString(),
            "VPN_IDENTITY_SESSIONS_PER_USER",
            Integer.toString(SESSIONS_PER_USER),
            "VPN_IDENTITY_SIGNING_KEY_LEAD",
            "PT4S");

    private static TwoNodes shared;

    final Product product;

    /** The second node; null while it is dead. */
    private volatile ApplicationServer second;

    private TwoNodes() {
        product = Product.startLasting(SETTINGS);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop the two nodes"));
    }

    /** Both alive. */
    static synchronized TwoNodes shared() {
        if (shared == null) {
            shared = new TwoNodes();
        }
        shared.startSecond();
        return shared;
    }

    /** The nodes that are alive, the first one first. */
    List<URI> urls() {
        ApplicationServer alive = second;
        return alive == null ? List.of(product.url()) : List.of(product.url(), alive.url());
    }

    synchronized void startSecond() {
        if (second == null) {
            second = product.startAnother(SETTINGS);
        }
    }

    /** SIGKILL. */
    synchronized void killSecond() {
        ApplicationServer killed = second;
        second = null;
        killed.kill();
    }

    private void close() {
        ApplicationServer alive = second;
        if (alive != null) {
            alive.close();
        }
        product.close();
    }
}
