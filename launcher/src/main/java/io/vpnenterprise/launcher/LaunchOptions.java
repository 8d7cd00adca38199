package io.vpnenterprise.launcher;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What the person who starts the product may choose.
 *
 * @param archives the directory with Payara Micro, the driver and the product's archives
 * @param watch build and restart when a source file changes
 */
record LaunchOptions(int port, Path data, Node node, boolean watch, Path archives) {

    /** The node that the product is given to start with. */
    enum Node {
        SIMULATED,
        WIREGUARD;

        /** The word in the option and in the product's environment. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Set<String> NAMES = Set.of("port", "data", "node", "watch", "archives");

    /** {@code --name=value} arguments, then system properties, then {@code PORT}; an empty value counts as absent. */
    static LaunchOptions of(String[] arguments, UnaryOperator<String> properties, Map<String, String> environment) {
        Map<String, String> given = new HashMap<>();
        for (String name : NAMES) {
            put(given, name, properties.apply(name));
        }
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            String name = parts[0].replaceFirst("^--", "");
            if (!parts[0].startsWith("--") || !NAMES.contains(name)) {
                throw new LaunchException(
                        "Unknown option " + argument + "; there are --port, --data, --node, --watch.");
            }
            put(given, name, parts.length == 2 ? parts[1] : "true");
        }
        return new LaunchOptions(
                port(given.getOrDefault("port", environment.getOrDefault("PORT", "8080"))),
                Path.of(given.getOrDefault("data", defaultData(environment).toString()))
                        .toAbsolutePath()
                        .normalize(),
                node(given.getOrDefault("node", "simulated")),
                Boolean.parseBoolean(given.get("watch")),
                Path.of(given.getOrDefault("archives", "launcher/target/runtime"))
                        .toAbsolutePath());
    }

    private static void put(Map<String, String> given, String name, String value) {
        if (value != null && !value.isBlank()) {
            given.put(name, value);
        }
    }

    private static int port(String text) {
        if (text.matches("\\d{1,5}")) {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65535) {
                return port;
            }
        }
        throw new LaunchException("The port is a number from 1 to 65535, not " + text + ".");
    }

    private static Node node(String word) {
        for (Node node : Node.values()) {
            if (node.word().equals(word)) {
                return node;
            }
        }
        throw new LaunchException("The node is simulated or wireguard, not " + word + ".");
    }

    /** Root's where the Filesystem Hierarchy Standard has it, a user's where the XDG base directories are. */
    private static Path defaultData(Map<String, String> environment) {
        if (UnprivilegedUser.isRoot()) {
            return Path.of("/var/lib/vpn-enterprise");
        }
        return Optional.ofNullable(environment.get("XDG_DATA_HOME"))
                .filter(home -> !home.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "share"))
                .resolve("vpn-enterprise");
    }
}
