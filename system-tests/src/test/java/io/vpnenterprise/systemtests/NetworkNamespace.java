package io.vpnenterprise.systemtests;

import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A machine of its own, as far as the network goes. Whatever runs devices in it ends with it. */
final class NetworkNamespace implements AutoCloseable {

    private static final Path DEVICE_SOCKETS = Path.of("/var/run/wireguard");

    final String name;

    NetworkNamespace(String role) {
        name = "vpsys-" + role + "-" + UUID.randomUUID().toString().substring(0, 8);
        Program.run("ip", "netns", "add", name).orFail();
        run("ip", "link", "set", "dev", "lo", "up").orFail();
    }

    /** Unique over the machine, since the sockets of all userspace devices lie in one directory; 11 characters. */
    static String newInterfaceName() {
        return "s" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    }

    /** Where a userspace device of this name answers, whatever its namespace. */
    static Path socketOf(String interfaceName) {
        return DEVICE_SOCKETS.resolve(interfaceName + ".sock");
    }

    /** Lays a cable between two machines, with addresses at either end. */
    static void connect(
            NetworkNamespace left, List<String> leftAddresses, NetworkNamespace right, List<String> rightAddresses) {
        String leftEnd = newInterfaceName();
        String rightEnd = newInterfaceName();
        left.run("ip", "link", "add", leftEnd, "type", "veth", "peer", "name", rightEnd, "netns", right.name)
                .orFail();
        left.addressAndUp(leftEnd, leftAddresses);
        right.addressAndUp(rightEnd, rightAddresses);
    }

    List<String> inside(String... argv) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(argv));
        return all;
    }

    Program.Ended run(String... argv) {
        return Program.run(inside(argv));
    }

    boolean hasLink(String link) {
        return links().contains(link);
    }

    /** The link that has an address. */
    String linkOf(String address) {
        return run("ip", "-o", "address", "show", "to", address)
                .orFail()
                .stdout()
                .split("\\s+")[1];
    }

    String ruleset() {
        return run("nft", "list", "ruleset").orFail().stdout();
    }

    @Override
    public void close() {
        List<String> seen = new ArrayList<>();
        // A device that lives on without its link would keep the namespace, and the platform may just have mended one.
        await("the end of the devices in " + name)
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    List<String> present = links();
                    present.forEach(link -> run("ip", "link", "del", "dev", link));
                    seen.addAll(present);
                    return present.isEmpty() && seen.stream().noneMatch(link -> Files.exists(socketOf(link)));
                });
        Program.run("ip", "netns", "del", name).orFail();
    }

    private List<String> links() {
        return run("ip", "-o", "link", "show")
                .orFail()
                .stdout()
                .lines()
                .map(line -> line.split(": ")[1].replaceFirst("@.*", ""))
                .filter(link -> !link.equals("lo"))
                .toList();
    }

    private void addressAndUp(String link, List<String> addresses) {
        for (String address : addresses) {
            List<String> argv = new ArrayList<>(List.of("ip", "address", "add", address, "dev", link));
            if (address.contains(":")) {
                // Duplicate address detection would take a second.
                argv.add("nodad");
            }
            run(argv.toArray(String[]::new)).orFail();
        }
        run("ip", "link", "set", "dev", link, "up").orFail();
    }
}
