package io.vpnenterprise.launcher;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A long-running program that the launcher started and stops again.
 *
 * <p>It gets a session of its own: Ctrl-C signals the terminal's whole process group, and a PostgreSQL that stops before
 * the application does turns an orderly end into a page of errors. setsid(1) and setpriv(1) replace themselves by the
 * program, so the process id is the program's own. When the launcher is killed, Linux sends the program SIGTERM.
 */
final class ChildProcess {
    /** Linux counts the end of the thread that started a child as the end of its parent: this one does not end. */
    private static final ExecutorService PARENT = Executors.newSingleThreadExecutor(task -> daemon(task, "parent"));

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Process process;
    private final Thread log;
    private final AtomicReference<String> refusal = new AtomicReference<>();

    private ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = daemon(() -> LogFile.copy(process.getInputStream(), log, this::notice), "log of " + process.pid());
        this.log.start();
    }

    static ChildProcess start(List<String> arguments, Map<String, String> environment, Path log) {
        List<String> command = new ArrayList<>();
        Command.find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        Command.find("setpriv")
                .ifPresent(setpriv -> command.addAll(List.of(setpriv.toString(), "--pdeathsig", "TERM")));
        command.addAll(arguments);
        ProcessBuilder builder = builder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(PARENT.submit(builder::start).get(), log);
        } catch (ExecutionException e) {
            throw new LaunchException(
                    arguments.get(0) + " cannot be started: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted while starting " + arguments.get(0) + ".", e);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void notice(String line) {
        if (refusal.get() == null) {
            Readiness.refusalIn(line).ifPresent(refusal::set);
        }
    }

    /** What the program said when it gave up, if it did; of an ended one, its last words too. */
    Optional<String> refusal() {
        try {
            if (!process.isAlive()) {
                log.join(LAST_WORDS.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.ofNullable(refusal.get());
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
        // By its handle: the process's own destroy() would close the stream that its last words come through.
        process.toHandle().destroy();
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
        process.toHandle().destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
        endsWithin(Duration.ofSeconds(10));
    }
}
