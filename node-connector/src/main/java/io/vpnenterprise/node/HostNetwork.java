package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The network around a WireGuard device of one machine: its link, addresses, forwarding and packet filter, in one network
 * namespace. Everything is done by that machine's programs and their argument vectors.
 *
 * <p>Interface names are unique over the machine, not over a namespace: the sockets of userspace devices lie in one
 * directory. A name that is taken elsewhere is refused, and never touched.
 */
final class HostNetwork {

    private static final String NAMESPACES = "/run/netns/";
    private static final String TUN = "/dev/net/tun";

    /** For undoing what a call created, after its own deadline may have passed. */
    private static final Duration UNDO = Duration.ofSeconds(2);

    /** For a device that is just ending: its link and its socket do not go in the same moment. */
    private static final Duration ENDING = Duration.ofSeconds(1);

    private static final Pattern LINK = Pattern.compile("^\\d+: [^<]*<([^>]*)> mtu (\\d+) ");
    private static final Pattern ADDRESS = Pattern.compile("\\binet6? (\\S+) .*\\bscope (\\S+)");

    private final Programs programs;
    private final Optional<String> namespace;

    /** What the hosts' tables hold of rates, from reading them and from changing them since. */
    private final Map<String, RateTable> rates = new HashMap<>();

    HostNetwork(Programs programs, Optional<String> namespace) {
        this.programs = programs;
        this.namespace = namespace;
    }

    void ensure(InterfaceSpec spec, LocalDevice device, Deadline deadline) {
        List<Cidr> addresses = parse(spec.addresses());
        boolean created = false;
        if (!isPresent(spec.name(), device, deadline)) {
            device.deleteDeadSocket(spec.name(), deadline);
            try {
                device.create(spec.name(), deadline);
            } catch (NodeException e) {
                // A program that failed made nothing; one that was stopped half-way may have made the link all the
                // same.
                if (e.reason() == Reason.UNAVAILABLE) {
                    undo(spec.name(), device, e);
                }
                throw e;
            }
            created = true;
        }
        try {
            configure(spec, addresses, device, deadline);
        } catch (NodeException e) {
            if (created) {
                undo(spec.name(), device, e);
            }
            throw e;
        }
    }

    void remove(String interfaceName, LocalDevice device, Deadline deadline) {
        boolean present = isPresent(interfaceName, device, deadline, false);
        nft(NftTable.remove(interfaceName), deadline);
        rates.remove(interfaceName);
        if (present) {
            ip(deadline, "link", "del", "dev", interfaceName).orRefused();
            boolean gone = deadline.await(
                    () -> link(interfaceName, deadline).isEmpty() && !device.isPresent(interfaceName, deadline));
            if (!gone) {
                throw new NodeException(Reason.UNAVAILABLE, interfaceName + " was removed, but its device lives on");
            }
        }
        device.deleteDeadSocket(interfaceName, deadline);
    }

    /** What {@link #ensure} would have to be asked for what is there, and the peers; of this namespace alone. */
    DeviceDriver.Described describe(String interfaceName, LocalDevice device, Deadline deadline) {
        Link link = link(interfaceName, deadline)
                .orElseThrow(() -> new NodeException(Reason.NO_INTERFACE, "no link is named " + interfaceName));
        DeviceState state = device.state(interfaceName, deadline);
        WireGuardKey privateKey = state.privateKey()
                .orElseThrow(() -> new NodeException(Reason.REFUSED, interfaceName + " has no private key"));
        List<String> addresses =
                addresses(interfaceName, deadline).stream().map(Cidr::toString).toList();
        try {
            return new DeviceDriver.Described(
                    new InterfaceSpec(interfaceName, privateKey, state.listenPort(), addresses, link.mtu()),
                    state.peers());
        } catch (IllegalArgumentException e) {
            throw new NodeException(Reason.REFUSED, interfaceName + ": " + e.getMessage(), e);
        }
    }

    /**
     * Holds the peers of these changes to their rates, in one transaction of the packet filter; no program is run when
     * nothing about rates changes, but one to find out what there is, once.
     */
    void rate(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        RateTable known = rates.get(interfaceName);
        if (known == null) {
            known = readRates(interfaceName, deadline);
        }
        Optional<String> script = known.change(changes);
        if (script.isPresent() && !tryNft(script.get(), deadline).succeeded()) {
            // Somebody changed the table: from what it is now.
            script = readRates(interfaceName, deadline).change(changes);
            if (script.isPresent()) {
                Programs.Ended ended = tryNft(script.get(), deadline);
                if (!ended.succeeded()) {
                    rates.remove(interfaceName);
                    // The peers may be there: whoever asked must ask again.
                    throw new NodeException(Reason.UNAVAILABLE, "nft: " + ended.reason());
                }
            }
        }
    }

    /** What the host holds, whoever made it so. */
    Map<WireGuardKey, PeerRate> rates(String interfaceName, Deadline deadline) {
        return readRates(interfaceName, deadline).rates();
    }

    /** Looks for what {@link #ensure} will need, and starts nothing. */
    void check(Deadline deadline) {
        namespace.ifPresent(name -> {
            if (!test("-e", NAMESPACES + name, deadline)) {
                // Gone with a restart of the host, for one, and back when its operator's boot scripts have run.
                throw new NodeException(Reason.UNAVAILABLE, "the host has no network namespace " + name);
            }
        });
        if (!programs.run(List.of("id", "-u"), "", deadline).text().strip().equals("0")) {
            throw new NodeException(Reason.REFUSED, "whoever drives WireGuard on the host must be root");
        }
        programs.require(List.of("ip", "nft", "tee", "cat", "setsid", "wireguard-go"), deadline);
        if (!test("-w", TUN, deadline)) {
            throw new NodeException(Reason.REFUSED, TUN + " is missing or not this user's to write");
        }
    }

    private boolean test(String condition, String path, Deadline deadline) {
        return programs.run(List.of("test", condition, path), "", deadline).succeeded();
    }

    Programs.Ended addKernelDevice(String interfaceName, Deadline deadline) {
        return ip(deadline, "link", "add", "dev", interfaceName, "type", "wireguard");
    }

    /**
     * Starts {@code wireguard-go}, which returns when link and socket are there and lives on in the background. It gets a
     * session of its own, so that the signal which ends a server in a terminal does not end the tunnels too. Without
     * LOG_LEVEL in its environment it lets go of the pipes it was started with.
     */
    void startUserspaceDevice(String interfaceName, Deadline deadline) {
        run("", deadline, "setsid", "--wait", "wireguard-go", interfaceName).orRefused();
    }

    /** A link's number is given once in the life of its network namespace, and that ends with the machine's. */
    String incarnation(String interfaceName, Deadline deadline) {
        Programs.Ended ended = programs.run(
                inNamespace(List.of(
                        "cat", "/sys/class/net/" + interfaceName + "/ifindex", "/proc/sys/kernel/random/boot_id")),
                "",
                deadline);
        if (!ended.succeeded()) {
            throw new NodeException(Reason.NO_INTERFACE, "no link is named " + interfaceName);
        }
        return "link/" + ended.text().strip().replace('\n', '/');
    }

    List<String> inNamespace(List<String> argv) {
        List<String> all = new ArrayList<>();
        namespace.ifPresent(name -> all.addAll(List.of("ip", "netns", "exec", name)));
        all.addAll(argv);
        return all;
    }

    private boolean isPresent(String interfaceName, LocalDevice device, Deadline deadline) {
        return isPresent(interfaceName, device, deadline, true);
    }

    /**
     * Whether link and device are both there, or neither.
     *
     * @param foreignRefused a device that answers in another namespace is refused; otherwise it counts as absent here
     */
    private boolean isPresent(String interfaceName, LocalDevice device, Deadline deadline, boolean foreignRefused) {
        boolean[] there = new boolean[2];
        deadline.orSooner(ENDING).await(() -> {
            there[0] = link(interfaceName, deadline).isPresent();
            there[1] = device.isPresent(interfaceName, deadline);
            return there[0] == there[1];
        });
        if (there[0] && !there[1]) {
            throw new NodeException(
                    Reason.REFUSED, interfaceName + " is there, but is no WireGuard device of this kind");
        }
        if (there[1] && !there[0] && foreignRefused) {
            throw new NodeException(Reason.REFUSED, interfaceName + " is taken in another network namespace");
        }
        return there[0];
    }

    /**
     * The port comes last of the device's settings and the link up before it: a userspace device that starts binds some port
     * on its own time and tells nobody when it cannot, but one that has bound a port answers at once whether it can have
     * another.
     */
    private void configure(InterfaceSpec spec, List<Cidr> addresses, LocalDevice device, Deadline deadline) {
        String name = spec.name();
        DeviceState before = device.state(name, deadline);
        // Compared first: setting a private key makes the device compute 50 us for each peer, and it is deaf meanwhile.
        WireGuardKey privateKey = Curve25519.clamped(spec.privateKey());
        if (!before.privateKey().equals(Optional.of(privateKey))) {
            device.configure(name, Optional.of(privateKey), OptionalInt.empty(), deadline);
        }

        Link link = link(name, deadline)
                .orElseThrow(() -> new NodeException(Reason.UNAVAILABLE, name + " went away meanwhile"));
        if (link.mtu() != spec.mtu()) {
            ip(deadline, "link", "set", "dev", name, "mtu", Integer.toString(spec.mtu()))
                    .orRefused();
        }
        int listenPort = before.listenPort();
        if (!link.up()) {
            ip(deadline, "link", "set", "dev", name, "up").orRefused();
            if (!deadline.await(() -> device.state(name, deadline).listenPort() != 0)) {
                throw new NodeException(Reason.UNAVAILABLE, name + " does not listen on any port");
            }
            // Set in any case: only an answer from a device that is up says that it has the port.
            listenPort = 0;
        }
        if (listenPort != spec.listenPort()) {
            setListenPort(spec, listenPort, device, deadline);
        }

        setAddresses(name, addresses, deadline);
        setForwarding(addresses, deadline);
        // The rates stay, in the same transaction.
        nft(NftTable.define(name, addresses) + readRates(name, deadline).fill(), deadline);
    }

    private RateTable readRates(String interfaceName, Deadline deadline) {
        Programs.Ended ended = run("", deadline, "nft", "-n", "list", "table", "inet", NftTable.nameOf(interfaceName));
        if (!ended.succeeded() && !ended.stderr().contains("No such file or directory")) {
            throw new NodeException(Reason.UNAVAILABLE, "nft: " + ended.reason());
        }
        RateTable found =
                ended.succeeded() ? RateTable.parse(interfaceName, ended.text()) : RateTable.empty(interfaceName);
        rates.put(interfaceName, found);
        return found;
    }

    private Programs.Ended tryNft(String script, Deadline deadline) {
        return run(script, deadline, "nft", "-f", "-");
    }

    private static void setListenPort(InterfaceSpec spec, int before, LocalDevice device, Deadline deadline) {
        try {
            device.configure(spec.name(), Optional.empty(), OptionalInt.of(spec.listenPort()), deadline);
        } catch (NodeException e) {
            // A device lets go of its port before it tries another: without this it would be deaf.
            try {
                device.configure(spec.name(), Optional.empty(), OptionalInt.of(before), deadline);
            } catch (NodeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw new NodeException(
                    e.reason(), "UDP port " + spec.listenPort() + " for " + spec.name() + ": " + e.getMessage(), e);
        }
    }

    private void setAddresses(String name, List<Cidr> wanted, Deadline deadline) {
        Set<Cidr> present = addresses(name, deadline);
        for (Cidr address : present) {
            if (!wanted.contains(address)) {
                ip(deadline, "address", "del", address.toString(), "dev", name).orRefused();
            }
        }
        for (Cidr address : wanted) {
            if (!present.contains(address)) {
                ip(deadline, "address", "replace", address.toString(), "dev", name)
                        .orRefused();
            }
        }
    }

    private Set<Cidr> addresses(String name, Deadline deadline) {
        Set<Cidr> present = new LinkedHashSet<>();
        ip(deadline, "-o", "address", "show", "dev", name)
                .orRefused()
                .text()
                .lines()
                .forEach(line -> {
                    Matcher address = ADDRESS.matcher(line);
                    // The kernel gives every link an address of scope link, for itself.
                    if (address.find() && !address.group(2).equals("link")) {
                        present.add(Cidr.parse(address.group(1)));
                    }
                });
        return present;
    }

    /** Stays on when the interface goes: another one, or the operator, may need it. */
    private void setForwarding(List<Cidr> addresses, Deadline deadline) {
        List<String> files = new ArrayList<>();
        if (addresses.stream().anyMatch(address -> !address.isIpv6())) {
            files.add("/proc/sys/net/ipv4/ip_forward");
        }
        if (addresses.stream().anyMatch(Cidr::isIpv6)) {
            files.add("/proc/sys/net/ipv6/conf/all/forwarding");
        }
        for (String file : files) {
            // Read first: in a container that has it switched on from outside, it is not ours to write.
            if (!run("", deadline, "cat", file).text().strip().equals("1")) {
                run("1\n", deadline, "tee", file).orRefused();
            }
        }
    }

    private void undo(String interfaceName, LocalDevice device, NodeException failure) {
        // An interrupt ends the call, not its tidying up.
        boolean interrupted = Thread.interrupted();
        try {
            remove(interfaceName, device, Deadline.after(UNDO));
        } catch (NodeException e) {
            failure.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static List<Cidr> parse(List<String> addresses) {
        try {
            return addresses.stream().map(Cidr::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new NodeException(Reason.REFUSED, e.getMessage(), e);
        }
    }

    private record Link(boolean up, int mtu) {}

    private Optional<Link> link(String interfaceName, Deadline deadline) {
        Programs.Ended ended = ip(deadline, "-o", "link", "show", "dev", interfaceName);
        if (!ended.succeeded() && ended.stderr().contains("does not exist")) {
            return Optional.empty();
        }
        Matcher link = LINK.matcher(ended.orRefused().text());
        if (!link.find()) {
            throw new NodeException(Reason.REFUSED, "ip printed what this version does not understand");
        }
        boolean up = Arrays.asList(link.group(1).split(",")).contains("UP");
        return Optional.of(new Link(up, Integer.parseInt(link.group(2))));
    }

    private void nft(String script, Deadline deadline) {
        tryNft(script, deadline).orRefused();
    }

    private Programs.Ended ip(Deadline deadline, String... arguments) {
        List<String> argv = new ArrayList<>(List.of("ip"));
        namespace.ifPresent(name -> argv.addAll(List.of("-n", name)));
        argv.addAll(List.of(arguments));
        return programs.run(argv, "", deadline);
    }

    private Programs.Ended run(String stdin, Deadline deadline, String... argv) {
        return programs.run(inNamespace(List.of(argv)), stdin, deadline);
    }
}
