package io.vpnenterprise.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A network namespace for one test, and the operator's programs in it. */
final class Namespace implements AutoCloseable {

    final String name = "vpnet-" + UUID.randomUUID().toString().substring(0, 8);

    Namespace() {
        program("ip", "netns", "add", name).orRefused();
        inside("ip", "link", "set", "dev", "lo", "up").orRefused();
    }

    /** Unique over the machine, as the names of userspace devices have to be. */
    static String newInterfaceName() {
        return "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    }

    Programs.Ended inside(String... argv) {
        return insideWithInput("", argv);
    }

    Programs.Ended insideWithInput(String stdin, String... argv) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(argv));
        return new HostPrograms().run(all, stdin, Deadline.after(Duration.ofSeconds(20)));
    }

    /** Connects two namespaces by a cable with an address at either end. */
    static void connect(Namespace left, List<String> leftAddresses, Namespace right, List<String> rightAddresses) {
        String leftEnd = newInterfaceName();
        String rightEnd = newInterfaceName();
        left.inside("ip", "link", "add", leftEnd, "type", "veth", "peer", "name", rightEnd, "netns", right.name)
                .orRefused();
        left.addressAndUp(leftEnd, leftAddresses);
        right.addressAndUp(rightEnd, rightAddresses);
    }

    void addressAndUp(String link, List<String> addresses) {
        for (String address : addresses) {
            List<String> argv = new ArrayList<>(List.of("ip", "address", "add", address, "dev", link));
            if (address.contains(":")) {
                // Duplicate address detection would take a second.
                argv.add("nodad");
            }
            inside(argv.toArray(String[]::new)).orRefused();
        }
        inside("ip", "link", "set", "dev", link, "up").orRefused();
    }

    boolean hasLink(String link) {
        return inside("ip", "link", "show", "dev", link).succeeded();
    }

    String ruleset() {
        return inside("nft", "list", "ruleset").orRefused().text();
    }

    @Override
    public void close() {
        program("ip", "netns", "del", name).orRefused();
    }

    private static Programs.Ended program(String... argv) {
        return new HostPrograms().run(List.of(argv), "", Deadline.after(Duration.ofSeconds(20)));
    }
}
