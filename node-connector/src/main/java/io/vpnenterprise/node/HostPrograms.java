package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs programs by their argument vector, never by a shell, with a deadline and a limit on what they may print.
 *
 * <p>They start with an environment of their own: nothing of the server's, which may hold passwords, reaches them.
 * Thread-safe.
 */
final class HostPrograms implements Programs {

    @Override
    public Ended run(List<String> argv, String stdin, Deadline deadline) {
        String program = Programs.nameOf(argv);
        Process process = start(argv);
        try {
            CompletableFuture<Void> writing = inThread(() -> write(stdin, process.getOutputStream()));
            CompletableFuture<byte[]> stdout = inThread(() -> read(process.getInputStream(), MAX_OUTPUT));
            CompletableFuture<byte[]> stderr = inThread(() -> read(process.getErrorStream(), MAX_ERRORS));
            // Bounded even after the end of the process: a daemon that it left behind may hold the pipes open.
            byte[] printed = stdout.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            byte[] errors = stderr.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            writing.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            if (!process.waitFor(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException();
            }
            return new Ended(program, process.exitValue(), printed, new String(errors, StandardCharsets.UTF_8));
        } catch (TimeoutException e) {
            throw new NodeException(Reason.UNAVAILABLE, program + " did not end in time", e);
        } catch (ExecutionException e) {
            throw new NodeException(
                    Reason.UNAVAILABLE, program + ": " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeException(Reason.UNAVAILABLE, "interrupted while " + program + " ran", e);
        } finally {
            // Nothing to do for one that has ended; ends the threads above for one that has not.
            process.destroyForcibly();
        }
    }

    @Override
    public void require(List<String> programs, Deadline deadline) {
        programs.forEach(HostPrograms::find);
    }

    @Override
    public void close() {
        // Nothing is kept between calls.
    }

    private static Process start(List<String> argv) {
        List<String> command = new ArrayList<>(argv);
        command.set(0, find(argv.get(0)).toString());
        ProcessBuilder builder = new ProcessBuilder(command);
        // A daemon keeps its directory busy for as long as it lives.
        builder.directory(new File("/"));
        builder.environment().clear();
        builder.environment().put("PATH", String.join(":", DIRECTORIES));
        builder.environment().put("LC_ALL", "C");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new NodeException(Reason.UNAVAILABLE, argv.get(0) + " does not start", e);
        }
    }

    private static Path find(String program) {
        return DIRECTORIES.stream()
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new NodeException(Reason.REFUSED, program + " is not installed on this machine"));
    }

    /** What may take longer than a call may, and be left behind by it. */
    interface Work<T> {
        T get() throws IOException;
    }

    static <T> CompletableFuture<T> inThread(Work<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        future.complete(work.get());
                    } catch (IOException | RuntimeException e) {
                        future.completeExceptionally(e);
                    }
                },
                "node-connector-program");
        thread.setDaemon(true);
        thread.start();
        return future;
    }

    private static Void write(String text, OutputStream stdin) {
        try (stdin) {
            stdin.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It did not want to read all of it; its exit code and its words say why.
            return null;
        }
        return null;
    }

    private static byte[] read(InputStream stream, int limit) throws IOException {
        try (stream) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] buffer = new byte[64 << 10];
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                if (bytes.size() + count > limit) {
                    throw new IOException("printed more than " + limit + " bytes");
                }
                bytes.write(buffer, 0, count);
            }
            return bytes.toByteArray();
        }
    }
}
