package io.vpnenterprise.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * A server as its project publishes it, prepared and started by the scripts that an operator uses: {@code install.sh} and
 * {@code start.sh} of one directory of {@code server-config}.
 */
final class Distribution {
    /** Long, because the first start of a Payara domain on a busy machine has taken a minute and a half. */
    private static final Duration INSTALL_LIMIT = Duration.ofMinutes(5);

    private final Path scripts;
    private final Path directory;

    private Distribution(Path scripts, Path directory) {
        this.scripts = scripts;
        this.directory = directory;
    }

    /** Unpacks the archive, whose files all lie in one directory, into an emptied home. */
    static Distribution unpack(Path zip, Path scripts, Path home) {
        try {
            Directories.delete(home);
            Directories.create(home, "rwx------");
            try (ZipFile archive = ZipFile.builder().setPath(zip).get()) {
                for (ZipArchiveEntry entry : (Iterable<ZipArchiveEntry>) archive.getEntries()::asIterator) {
                    unpack(archive, entry, home);
                }
            }
            try (Stream<Path> top = Files.list(home)) {
                return new Distribution(
                        scripts.toAbsolutePath(), top.findFirst().orElseThrow());
            }
        } catch (IOException e) {
            throw new LaunchException(zip + " cannot be unpacked into " + home + ": " + e.getMessage(), e);
        }
    }

    private static void unpack(ZipFile archive, ZipArchiveEntry entry, Path home) throws IOException {
        Path target = home.resolve(entry.getName()).normalize();
        if (!target.startsWith(home)) {
            throw new IOException("entry outside the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        Files.copy(archive.getInputStream(entry), target);
        if ((entry.getUnixMode() & 0100) != 0) {
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** Runs install.sh, which writes to the server's log. */
    void install(ServerSpec spec, int adminPort) {
        ChildProcess install = run(
                List.of(
                        script("install.sh"),
                        directory.toString(),
                        spec.archives().toString()),
                spec,
                adminPort);
        if (!install.endsWithin(INSTALL_LIMIT)) {
            install.kill();
            throw new LaunchException(scripts + " did not end within " + INSTALL_LIMIT.toSeconds()
                    + " seconds; its log is " + spec.log() + ".");
        }
        if (install.exitCode() != 0) {
            throw new LaunchException(scripts + " failed; its log is " + spec.log() + ".");
        }
    }

    ChildProcess start(ServerSpec spec, int adminPort) {
        return run(List.of(script("start.sh"), directory.toString()), spec, adminPort);
    }

    private ChildProcess run(List<String> arguments, ServerSpec spec, int adminPort) {
        return ChildProcess.start(arguments, environment(spec, adminPort), spec.log());
    }

    private String script(String name) {
        return scripts.resolve(name).toString();
    }

    private static Map<String, String> environment(ServerSpec spec, int adminPort) {
        Map<String, String> environment = new HashMap<>(spec.environment());
        environment.put("DATABASE_URL", spec.database().url());
        environment.put("PORT", Integer.toString(spec.port()));
        environment.put("ADMIN_PORT", Integer.toString(adminPort));
        List<String> options = new ArrayList<>();
        spec.systemProperties().forEach((name, value) -> options.add("-D" + name + "=" + value));
        if (!options.isEmpty()) {
            environment.put("JAVA_TOOL_OPTIONS", String.join(" ", options));
        }
        return environment;
    }
}
