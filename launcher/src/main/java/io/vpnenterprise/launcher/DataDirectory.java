package io.vpnenterprise.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Everything that outlives a run, held by one launcher at a time. */
final class DataDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    static DataDirectory open(Path path) {
        try {
            // Open to pass through: PostgreSQL's unprivileged user has his own directory inside.
            Directories.create(path, "rwx--x--x");
            FileChannel channel = FileChannel.open(
                    path.resolve("launcher.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locks(channel)) {
                channel.close();
                throw new LaunchException("Another launcher is running on " + path + ".");
            }
            return new DataDirectory(path, channel);
        } catch (IOException e) {
            throw new LaunchException(
                    "The data directory " + path + " cannot be written: choose another with -Ddata=DIRECTORY.", e);
        }
    }

    private static boolean locks(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    Path postgres() {
        return path.resolve("postgresql");
    }

    /** The cluster of tenants' databases. */
    Path tenants() {
        return path.resolve("tenants");
    }

    Path server() {
        return path.resolve("server");
    }

    Path serverLog() {
        return path.resolve("logs").resolve("server.log");
    }

    Path masterKey() {
        return path.resolve("master.key");
    }

    /** Exists from the first start until the product took the password from it and its owner saw it. */
    Path adminPassword() {
        return path.resolve("admin-password");
    }

    /** The master key last: while it is missing, this counts as the first start. */
    void prepareSecrets() {
        if (!Files.exists(masterKey())) {
            Secrets.keep(adminPassword(), Secrets.password());
            Secrets.keep(masterKey(), Secrets.masterKey());
        }
    }

    /** The generated password, handed out once. */
    Optional<String> takeAdminPassword() {
        try {
            if (!Files.exists(adminPassword())) {
                return Optional.empty();
            }
            String password = Files.readString(adminPassword()).strip();
            Files.delete(adminPassword());
            return Optional.of(password);
        } catch (IOException e) {
            throw new UncheckedIOException("taking the generated password", e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("releasing " + path, e);
        }
    }
}
