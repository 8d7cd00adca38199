package io.vpnenterprise.launcher;

import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** An application server that runs the product as a child process, on loopback. */
public interface ApplicationServer extends AutoCloseable {

    /** Where the product answers, without a slash at the end. */
    URI url();

    long pid();

    boolean isAlive();

    /** Returns when {@code /health/ready} answers 200; one sentence when it does not within the limit. */
    void awaitReady();

    CompletableFuture<Void> onExit();

    /** SIGKILL, for tests of what a crash leaves. */
    void kill();

    /** SIGTERM, and SIGKILL for a server that does not end. */
    @Override
    void close();
}
