package io.vpnenterprise.launcher;

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

/** A short-lived program: an argument vector that never meets a shell, and a limit on how long it may take. */
record Command(List<String> arguments) {

    /** What the program said, standard output and error together, and how it ended. */
    record Outcome(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }
    }

    static Command of(String... arguments) {
        return new Command(List.of(arguments));
    }

    /** The program of this name on the PATH, or where distributions keep programs for root, which a user's PATH lacks. */
    static Optional<Path> find(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Runs to the end. Output goes through a file, so that a program that writes much cannot block on a full pipe. */
    Outcome run(Duration limit) {
        try {
            Path output = Files.createTempFile("vpn-enterprise-", ".out");
            try {
                Process process = ChildProcess.builder(arguments)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw new LaunchException(program() + " did not end within " + limit.toSeconds() + " seconds.");
                }
                return new Outcome(process.exitValue(), Files.readString(output).strip());
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("running " + program(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted while running " + program() + ".", e);
        }
    }

    /** Runs to the end and answers the output; a failure is one sentence with the last line that the program wrote. */
    String require(Duration limit) {
        Outcome outcome = run(limit);
        if (!outcome.succeeded()) {
            String lastLine =
                    outcome.output().lines().reduce((first, second) -> second).orElse("no output");
            throw new LaunchException(program() + " failed: " + lastLine);
        }
        return outcome.output();
    }

    /** The program that is meant, past the one that only lowers rights for it. */
    private String program() {
        return arguments.stream()
                .filter(argument -> !argument.startsWith("-"))
                .map(argument -> Path.of(argument).getFileName().toString())
                .filter(name -> !name.equals("setpriv"))
                .findFirst()
                .orElse("program");
    }
}
