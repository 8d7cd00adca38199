package io.vpnenterprise.access.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs of the machine that read what we write: by argument vector, within two minutes. */
final class Tool {

    private static final int LIMIT_SECONDS = 120;

    private Tool() {}

    /** How one ended; its errors are in its output. */
    record Ended(int exitCode, String output) {
        String orFail() {
            assertThat(exitCode).as(output).isZero();
            return output;
        }
    }

    /** Skips the test without them, or fails it when the system property {@code tests.require-parts} is true. */
    static void require(List<String> missing) {
        String reason = "this test needs " + missing;
        if (Boolean.getBoolean("tests.require-parts")) {
            assertThat(missing).as(reason).isEmpty();
        }
        assumeTrue(missing.isEmpty(), reason);
    }

    static boolean isThere(String program) {
        return Stream.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin")
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    static Ended run(List<String> argv) {
        try {
            // A daemon that it leaves behind would hold a pipe open.
            Path output = Files.createTempFile("client-formats", ".out");
            try {
                Process process = new ProcessBuilder(argv)
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError(argv + " did not end");
                }
                return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Ended run(String... argv) {
        return run(List.of(argv));
    }
}
