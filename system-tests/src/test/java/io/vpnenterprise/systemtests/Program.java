package io.vpnenterprise.systemtests;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The machine's programs as an operator calls them: by argument vector, never by a shell, and with a time limit. */
final class Program {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Program() {}

    /** How one ended. */
    record Ended(List<String> argv, int exitCode, String stdout, String stderr) {

        boolean succeeded() {
            return exitCode == 0;
        }

        Ended orFail() {
            if (!succeeded()) {
                throw new AssertionError(String.join(" ", argv) + ": exit code " + exitCode + ": " + stdout + stderr);
            }
            return this;
        }
    }

    static Optional<Path> find(String program) {
        return Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Ended run(String... argv) {
        return run(List.of(argv));
    }

    /** Its output goes by way of files, since a daemon that it leaves behind would hold pipes open. */
    static Ended run(List<String> argv) {
        try {
            Path stdout = Files.createTempFile("vpn-system-test", ".out");
            Path stderr = Files.createTempFile("vpn-system-test", ".err");
            try {
                Process process = new ProcessBuilder(argv)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(stdout.toFile())
                        .redirectError(stderr.toFile())
                        .start();
                if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError(String.join(" ", argv) + " did not end within " + LIMIT);
                }
                return new Ended(argv, process.exitValue(), Files.readString(stdout), Files.readString(stderr));
            } finally {
                Files.delete(stdout);
                Files.delete(stderr);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
