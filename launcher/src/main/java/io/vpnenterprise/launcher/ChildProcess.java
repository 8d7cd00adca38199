package io.vpnenterprise.launcher;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A long-running program that the launcher started and stops again.
 *
 * <p>It gets a session of its own: Ctrl-C signals the terminal's whole process group, and a PostgreSQL that stops before
 * the application does turns an orderly end into a page of errors. setsid(1) and setpriv(1) replace themselves by the
 * program, so the process id is the program's own.
 */
final class ChildProcess {
    private final Process process;

    private ChildProcess(Process process) {
        this.process = process;
    }

    static ChildProcess start(List<String> arguments, Map<String, String> environment, Path log) {
        List<String> command = new ArrayList<>();
        Command.find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(arguments);
        try {
            Files.createDirectories(log.getParent());
            ProcessBuilder builder = builder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            return new ChildProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("starting " + arguments.get(0), e);
        }
    }

    /** No input, and none of the PG… variables by which the caller's shell would steer PostgreSQL's programs. */
    static ProcessBuilder builder(List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(arguments).redirectInput(new File("/dev/null"));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        return builder;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    CompletableFuture<Void> onExit() {
        return process.onExit().thenAccept(ended -> {});
    }

    boolean endsWithin(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /** SIGTERM, and SIGKILL for what has not ended within the limit. */
    void stop(Duration limit) {
        process.destroy();
        if (!endsWithin(limit)) {
            kill();
        }
    }

    int exitCode() {
        return process.exitValue();
    }

    /** SIGKILL, also for what the process started itself, a script's JVM for one; returns when the process is gone. */
    void kill() {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
        endsWithin(Duration.ofSeconds(10));
    }
}
