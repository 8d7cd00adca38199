package io.vpnenterprise.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * This machine as the product's node: its WireGuard interfaces go when the launcher does.
 *
 * <p>Only those that appeared since the launcher started, and only those that bear the product's name: {@code vp} and
 * hexadecimal digits.
 */
final class WireGuardHost implements AutoCloseable {
    private static final Path SOCKETS = Path.of("/var/run/wireguard");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Set<String> before = interfaces();

    static WireGuardHost open() {
        if (!UnprivilegedUser.isRoot()) {
            throw new LaunchException("A WireGuard node needs root: start as root, or with -Dnode=simulated.");
        }
        for (String program : Set.of("wireguard-go", "ip", "nft")) {
            if (Command.find(program).isEmpty()) {
                throw new LaunchException("A WireGuard node needs the program " + program
                        + ", which is missing: install it, or start with -Dnode=simulated.");
            }
        }
        return new WireGuardHost();
    }

    @Override
    public void close() {
        for (String name : interfaces()) {
            if (!before.contains(name)) {
                // wireguard-go ends with its device. Either may be gone already, which is what we want.
                Command.of("ip", "link", "del", name).run(LIMIT);
                Command.of("nft", "delete", "table", "inet", "vpne_" + name).run(LIMIT);
            }
        }
    }

    private static Set<String> interfaces() {
        Set<String> names = new TreeSet<>();
        if (Files.isDirectory(SOCKETS)) {
            try (DirectoryStream<Path> sockets = Files.newDirectoryStream(SOCKETS, "vp*.sock")) {
                for (Path socket : sockets) {
                    String name = socket.getFileName().toString().replaceFirst("\\.sock$", "");
                    if (name.matches("vp[0-9a-f]+")) {
                        names.add(name);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("listing " + SOCKETS, e);
            }
        }
        return names;
    }
}
