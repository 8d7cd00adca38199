package io.vpnenterprise.launcher;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The user that PostgreSQL runs as when the launcher is root, because PostgreSQL refuses to run as root. */
record UnprivilegedUser(String name, long uid, long gid, Path setpriv) {
    private static final Duration LOOKUP_LIMIT = Duration.ofSeconds(10);

    static boolean isRoot() {
        return new UnixSystem().getUid() == 0;
    }

    /** Empty when the launcher is no root and PostgreSQL simply runs as its user. */
    static Optional<UnprivilegedUser> neededHere() {
        if (!isRoot()) {
            return Optional.empty();
        }
        Path setpriv = Command.find("setpriv")
                .orElseThrow(() -> new LaunchException("PostgreSQL refuses to run as root, and setpriv (util-linux), "
                        + "which would run it as another user, is missing: install it or start as a normal user."));
        return Optional.of(Stream.of("postgres", "nobody")
                .flatMap(name -> find(name, setpriv).stream())
                .findFirst()
                .orElseThrow(() -> new LaunchException("PostgreSQL refuses to run as root, and neither user postgres "
                        + "nor user nobody exists: create one or start as a normal user.")));
    }

    private static Optional<UnprivilegedUser> find(String name, Path setpriv) {
        Command.Outcome uid = Command.of("id", "-u", name).run(LOOKUP_LIMIT);
        if (!uid.succeeded()) {
            return Optional.empty();
        }
        String gid = Command.of("id", "-g", name).require(LOOKUP_LIMIT);
        return Optional.of(new UnprivilegedUser(name, Long.parseLong(uid.output()), Long.parseLong(gid), setpriv));
    }

    /** The same arguments, run as this user. */
    List<String> running(List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(setpriv.toString(), "--reuid=" + uid, "--regid=" + gid, "--clear-groups"));
        command.addAll(arguments);
        return command;
    }

    void own(Path path) {
        try {
            Files.setAttribute(path, "unix:uid", (int) uid);
            Files.setAttribute(path, "unix:gid", (int) gid);
        } catch (IOException e) {
            throw new UncheckedIOException("giving " + path + " to user " + name, e);
        }
    }

    /** Fails with one sentence when a directory above is closed to this user, such as /root. */
    void requireAccessTo(Path directory) {
        List<String> test = running(List.of("test", "-x", directory.toString()));
        if (!new Command(test).run(LOOKUP_LIMIT).succeeded()) {
            throw new LaunchException("User " + name + ", whom PostgreSQL runs as, cannot reach " + directory
                    + ": a directory above it is closed to other users.");
        }
    }
}
