package io.vpnenterprise.launcher;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A PostgreSQL installation: the directory of its programs and its major version.
 *
 * <p>An installed one is preferred, because it has pg_dump and pg_basebackup, which the bundled one lacks.
 */
public record PostgresBinaries(Path directory, int majorVersion) {
    static final int OLDEST = 15;
    private static final String BUNDLE = "/postgres-linux-x86_64.txz";
    private static final Pattern VERSION = Pattern.compile("PostgreSQL\\) (\\d+)");

    /** The best there is for a new data directory. */
    public static PostgresBinaries find() {
        return installed().stream()
                .findFirst()
                .or(PostgresBinaries::bundled)
                .orElseThrow(() -> new LaunchException("No PostgreSQL " + OLDEST
                        + " or later is installed, and none is bundled for this platform: install one."));
    }

    /** The best there is that can open a data directory of this major version. */
    static PostgresBinaries forDataOf(int majorVersion, Path dataDirectory) {
        List<PostgresBinaries> all = new ArrayList<>(installed());
        bundled().ifPresent(all::add);
        return all.stream()
                .filter(binaries -> binaries.majorVersion == majorVersion)
                .findFirst()
                .orElseThrow(() -> new LaunchException(dataDirectory + " was written by PostgreSQL " + majorVersion
                        + ", which is not installed: install that version, or move the data with pg_upgrade."));
    }

    /** Installed ones of 15 or later: first the PATH's, then the newest of the places that distributions use. */
    public static List<PostgresBinaries> installed() {
        // Behind a link on the PATH lies the directory that has all of the installation's programs.
        Optional<Path> onPath = Command.find("postgres").map(PostgresBinaries::realDirectory);
        Stream<Path> usual = Stream.of(
                        matches("/usr/lib/postgresql", "*"),
                        matches("/usr", "pgsql-*"),
                        matches("/opt/homebrew/opt", "postgresql@*"),
                        matches("/usr/local/opt", "postgresql@*"))
                .flatMap(List::stream)
                .map(installation -> installation.resolve("bin"));
        List<PostgresBinaries> found = new ArrayList<>();
        onPath.flatMap(PostgresBinaries::at).ifPresent(found::add);
        usual.flatMap(directory -> at(directory).stream())
                .sorted(Comparator.comparingInt(PostgresBinaries::majorVersion).reversed())
                .forEach(found::add);
        return found;
    }

    /** The binaries that Maven Central carries for Linux on x86-64, unpacked once per user into a cache directory. */
    public static Optional<PostgresBinaries> bundled() {
        return bundled(cacheDirectory());
    }

    static Optional<PostgresBinaries> bundled(Path cache) {
        boolean fits = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        if (!fits || PostgresBinaries.class.getResource(BUNDLE) == null) {
            return Optional.empty();
        }
        try {
            Path home = cache.resolve("postgresql-" + bundleDigest());
            if (!Files.exists(home)) {
                unpack(home);
            }
            return at(home.resolve("bin"));
        } catch (IOException e) {
            throw new UncheckedIOException("unpacking PostgreSQL below " + cache, e);
        }
    }

    String program(String name) {
        return directory.resolve(name).toString();
    }

    private static Optional<PostgresBinaries> at(Path directory) {
        boolean complete = Stream.of("initdb", "pg_ctl", "postgres")
                .allMatch(program -> Files.isExecutable(directory.resolve(program)));
        if (!complete) {
            return Optional.empty();
        }
        String version = Command.of(directory.resolve("postgres").toString(), "--version")
                .require(Duration.ofSeconds(10));
        Matcher matcher = VERSION.matcher(version);
        return matcher.find() && Integer.parseInt(matcher.group(1)) >= OLDEST
                ? Optional.of(new PostgresBinaries(directory, Integer.parseInt(matcher.group(1))))
                : Optional.empty();
    }

    private static Path realDirectory(Path program) {
        try {
            return program.toRealPath().getParent();
        } catch (IOException e) {
            throw new UncheckedIOException("following " + program, e);
        }
    }

    private static List<Path> matches(String parent, String glob) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(Path.of(parent))) {
            try (DirectoryStream<Path> paths = Files.newDirectoryStream(Path.of(parent), glob)) {
                paths.forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException("listing " + parent, e);
            }
        }
        return found;
    }

    /** Root's lies where the unprivileged user, whom PostgreSQL then runs as, can read it. */
    private static Path cacheDirectory() {
        if (UnprivilegedUser.isRoot()) {
            return Path.of("/var/cache/vpn-enterprise");
        }
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("vpn-enterprise");
    }

    private static String bundleDigest() throws IOException {
        try (DigestInputStream bundle = new DigestInputStream(open(), MessageDigest.getInstance("SHA-256"))) {
            bundle.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(bundle.getMessageDigest().digest()).substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Unpacks beside the final place and renames, so that nobody ever runs half an installation. */
    private static void unpack(Path home) throws IOException {
        Files.createDirectories(home.getParent());
        Path unfinished = Files.createTempDirectory(home.getParent(), "unpacking-");
        try {
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            try (TarArchiveInputStream tar =
                    new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(open())))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpack(entry, tar, unfinished);
                }
            }
            Files.move(unfinished, home);
        } catch (IOException e) {
            // Another process may have been faster; its files are as good.
            if (!Files.exists(home)) {
                throw e;
            }
        } finally {
            Directories.delete(unfinished);
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path root) throws IOException {
        Path target = root.resolve(entry.getName()).normalize();
        if (!target.startsWith(root)) {
            throw new IOException("entry outside the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(content, target);
        Set<PosixFilePermission> permissions = EnumSet.of(
                PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE,
                PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
        if ((entry.getMode() & 0100) != 0) {
            permissions.addAll(PosixFilePermissions.fromString("--x--x--x"));
        }
        Files.setPosixFilePermissions(target, permissions);
    }

    private static InputStream open() {
        return PostgresBinaries.class.getResourceAsStream(BUNDLE);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "PostgreSQL %d in %s", majorVersion, directory);
    }
}
