package io.vpnenterprise.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A member's machine in a network namespace, with a real tunnel, and packet counters of its own beside it.
 *
 * <p>WireGuard counts the payload of its UDP datagrams: data with its header, padding and tag, keepalives, handshakes. The
 * counters of nftables here are of the outer packets, so 28 bytes of each, IPv4's and UDP's headers, are taken off.
 */
final class TunnelClient implements AutoCloseable {

    private static final int HEADERS = 28;
    private static final Pattern COUNTED = Pattern.compile("packets (\\d+) bytes (\\d+)");

    /** What WireGuard at the other end must have counted, from this end's view. */
    record Bytes(long uploaded, long downloaded) {}

    final NetworkNamespace machine;

    private final String name = NetworkNamespace.newInterfaceName();
    private String serverAddress;
    private String conf;

    /** @param conf as a member downloads it */
    TunnelClient(NetworkNamespace machine, String conf, int port) {
        this.machine = machine;
        count(port);
        machine.run("wireguard-go", name).orFail();
        await().atMost(Duration.ofSeconds(10)).until(() -> Files.exists(NetworkNamespace.socketOf(name)));
        machine.run("ip", "link", "set", "dev", name, "mtu", "1420", "up").orFail();
        use(conf);
    }

    /** Goes on with another configuration. */
    void use(String downloaded) {
        conf = stripped(downloaded);
        beginAnew();
        String address = first(downloaded, "Address = ([0-9.]+)/");
        serverAddress = address.replaceFirst("\\d+$", "1");
        machine.run("ip", "address", "flush", "dev", name).orFail();
        machine.run("ip", "address", "add", address + "/32", "dev", name).orFail();
        machine.run("ip", "route", "replace", serverAddress + "/32", "dev", name)
                .orFail();
    }

    /** Forgets its sessions: the next packet makes a handshake, where an old session would be tried for 15 s. */
    void beginAnew() {
        withFile(conf, file -> machine.run("wg", "setconf", name, file).orFail());
    }

    /** Sends so many packets through the tunnel and waits for their echoes: about a kilobyte each way for each. */
    Program.Ended ping(int packets) {
        return machine.run(
                "ping", "-n", "-q", "-s", "1000", "-i", "0.002", "-c", "" + packets, "-W", "2", serverAddress);
    }

    /** Pings until it is closed, about so many bits a second in both directions together. */
    Process pingAt(long bitsPerSecond) {
        int size = 1_300;
        double interval = 2.0 * 8 * (size + 60) / bitsPerSecond;
        try {
            return new ProcessBuilder(
                            machine.inside("ping", "-n", "-q", "-s", "" + size, "-i", "" + interval, serverAddress))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Bytes counted() {
        return new Bytes(counted("up"), counted("down"));
    }

    @Override
    public void close() {
        machine.run("ip", "link", "del", "dev", name);
    }

    private void count(int port) {
        withFile("""
                table inet truth {
                  counter up {}
                  counter down {}
                  chain out { type filter hook output priority 0; udp dport %d counter name up; }
                  chain in { type filter hook input priority 0; udp sport %d counter name down; }
                }
                """.formatted(port, port), file -> machine.run("nft", "-f", file)
                .orFail());
    }

    private long counted(String counter) {
        Matcher counted = COUNTED.matcher(machine.run("nft", "list", "counter", "inet", "truth", counter)
                .orFail()
                .stdout());
        if (!counted.find()) {
            throw new AssertionError("no counter " + counter);
        }
        return Long.parseLong(counted.group(2)) - HEADERS * Long.parseLong(counted.group(1));
    }

    /** What {@code wg} takes of it. */
    private static String stripped(String conf) {
        List<String> lines = new ArrayList<>(conf.lines().toList());
        lines.removeIf(line -> line.matches("(Address|DNS|MTU|Table|PreUp|PostUp|PreDown|PostDown) =.*"));
        return String.join("\n", lines) + "\n";
    }

    private static String first(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in the configuration");
        }
        return matcher.group(1);
    }

    private static void withFile(String content, java.util.function.Consumer<String> use) {
        try {
            Path file = Files.createTempFile("vpn-system-test", ".conf");
            try {
                Files.writeString(file, content);
                use.accept(file.toString());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
