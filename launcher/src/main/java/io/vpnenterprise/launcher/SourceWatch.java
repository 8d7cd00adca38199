package io.vpnenterprise.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Notices that a source file of the product changed, and builds its archives anew. */
final class SourceWatch implements AutoCloseable {
    private static final List<String> MODULES = List.of("node-connector", "ejb", "batch", "web");
    private static final long BUILD_LIMIT_MINUTES = 10;
    /** An editor writes several files, and some of them twice: wait until it is quiet for this long. */
    private static final long QUIET_MILLIS = 300;

    private final Path root;
    private final WatchService watch;

    private SourceWatch(Path root, WatchService watch) {
        this.root = root;
        this.watch = watch;
    }

    /** Finds the source tree above the archives, which the build puts into launcher/target. */
    static SourceWatch open(Path archives) {
        Path root = Stream.iterate(archives, directory -> directory != null, Path::getParent)
                .filter(directory -> Files.isExecutable(directory.resolve("mvnw")))
                .findFirst()
                .orElseThrow(() -> new LaunchException("Watching needs the source tree, and " + archives
                        + " is not inside one: start it with ./mvnw -Prun -Dwatch."));
        try {
            SourceWatch sources = new SourceWatch(root, FileSystems.getDefault().newWatchService());
            sources.register();
            return sources;
        } catch (IOException e) {
            throw new LaunchException("The source tree " + root + " cannot be watched: " + e.getMessage(), e);
        }
    }

    Path root() {
        return root;
    }

    /** Waits for a change and then for quiet; false when the server ended meanwhile. */
    boolean awaitChange(ApplicationServer server) {
        try {
            WatchKey key = null;
            while (key == null) {
                if (!server.isAlive()) {
                    return false;
                }
                key = watch.poll(1, TimeUnit.SECONDS);
            }
            while (key != null) {
                key.pollEvents();
                key.reset();
                key = watch.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
            }
            register();
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("watching " + root, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted while watching.", e);
        }
    }

    /** Builds the archives into their place; what the compiler says goes to the console. */
    boolean build() {
        List<String> arguments = new ArrayList<>(List.of(root.resolve("mvnw").toString(), "-q", "-Prun"));
        // The launcher module copies the archives, and would start a second product.
        arguments.addAll(List.of("-pl", "launcher", "-am", "-Dexec.skip=true", "package"));
        try {
            Process build = ChildProcess.builder(arguments)
                    .directory(root.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (!build.waitFor(BUILD_LIMIT_MINUTES, TimeUnit.MINUTES)) {
                build.destroyForcibly();
                return false;
            }
            return build.exitValue() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException("starting the build", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted while building.", e);
        }
    }

    /** Every directory below; one that is registered already stays as it is. */
    private void register() throws IOException {
        for (String module : MODULES) {
            Path sources = root.resolve(module).resolve("src").resolve("main");
            if (Files.isDirectory(sources)) {
                try (Stream<Path> paths = Files.walk(sources)) {
                    for (Path directory : (Iterable<Path>) paths.filter(Files::isDirectory)::iterator) {
                        directory.register(
                                watch,
                                StandardWatchEventKinds.ENTRY_CREATE,
                                StandardWatchEventKinds.ENTRY_MODIFY,
                                StandardWatchEventKinds.ENTRY_DELETE);
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            throw new UncheckedIOException("ending the watch", e);
        }
    }
}
