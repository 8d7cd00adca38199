package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Drives a device by the {@code wg} program, on this machine or, by SSH, on another; it speaks to the kernel's device and to
 * userspace ones.
 *
 * <p>Keys that are secret go by stdin. Measured: 4 to 14 ms for a program, whatever it changes, so changes are grouped.
 *
 * <p>Source: wg(8).
 */
final class WgDriver implements DeviceDriver, LocalDevice {

    private static final String NONE = "(none)";

    /** The parts of a peer's line of {@code wg show IF dump}, tab-separated. */
    private static final int PEER_COLUMNS = 8;

    private final Programs programs;
    private final HostNetwork network;

    WgDriver(Optional<String> networkNamespace) {
        this(new HostPrograms(), networkNamespace);
    }

    WgDriver(Programs programs, Optional<String> networkNamespace) {
        this.programs = programs;
        this.network = new HostNetwork(programs, networkNamespace);
    }

    @Override
    public void ensureInterface(InterfaceSpec spec, Deadline deadline) {
        network.ensure(spec, this, deadline);
    }

    @Override
    public void removeInterface(String interfaceName, Deadline deadline) {
        network.remove(interfaceName, this, deadline);
    }

    @Override
    public Optional<String> send(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        // At most PeerChange.MAX_BATCH keys: 60 kB of arguments, where Linux takes 2 MB.
        List<String> removes = new ArrayList<>(List.of("set", interfaceName));
        StringBuilder puts = new StringBuilder();
        for (PeerChange change : changes) {
            if (change instanceof PeerChange.Put put) {
                appendPut(put, puts);
            } else {
                removes.addAll(List.of("peer", change.publicKey().base64(), "remove"));
            }
        }
        Optional<String> reason = Optional.empty();
        if (removes.size() > 2) {
            reason = outcome(interfaceName, wg("", deadline, removes.toArray(String[]::new)));
        }
        if (reason.isEmpty() && puts.length() > 0) {
            reason = outcome(interfaceName, wg(puts.toString(), deadline, "addconf", interfaceName, "/dev/stdin"));
        }
        return reason;
    }

    @Override
    public DevicePeers peers(String interfaceName, Deadline deadline) {
        DeviceState state = state(interfaceName, deadline);
        return DevicePeers.of(state.privateKey(), state.listenPort(), PeerTable.of(state.peers()));
    }

    @Override
    public void rate(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        network.rate(interfaceName, changes, deadline);
    }

    @Override
    public Map<WireGuardKey, PeerRate> rates(String interfaceName, Deadline deadline) {
        return network.rates(interfaceName, deadline);
    }

    @Override
    public InterfaceState read(String interfaceName, Deadline deadline) {
        return state(interfaceName, deadline).toInterfaceState(interfaceName);
    }

    @Override
    public Described describe(String interfaceName, Deadline deadline) {
        return network.describe(interfaceName, this, deadline);
    }

    @Override
    public String incarnation(String interfaceName, Deadline deadline) {
        return network.incarnation(interfaceName, deadline);
    }

    @Override
    public void check(Deadline deadline) {
        network.check(deadline);
        programs.require(List.of("wg"), deadline);
        wg("", deadline, "show", "interfaces").orRefused();
    }

    @Override
    public void close() {
        programs.close();
    }

    /** Prefers the kernel's device, which carries several times the traffic of a userspace one. */
    @Override
    public void create(String interfaceName, Deadline deadline) {
        Programs.Ended ended = network.addKernelDevice(interfaceName, deadline);
        if (ended.succeeded()) {
            return;
        }
        if (!ended.stderr().contains("Unknown device type")) {
            ended.orRefused();
        }
        network.startUserspaceDevice(interfaceName, deadline);
    }

    @Override
    public boolean isPresent(String interfaceName, Deadline deadline) {
        Programs.Ended ended = wg("", deadline, "show", interfaceName, "listen-port");
        if (!ended.succeeded() && !saysNoInterface(ended)) {
            ended.orRefused();
        }
        return ended.succeeded();
    }

    @Override
    public void deleteDeadSocket(String interfaceName, Deadline deadline) {
        // wg deletes a socket that nobody answers when it looks, and only then.
        isPresent(interfaceName, deadline);
    }

    @Override
    public DeviceState state(String interfaceName, Deadline deadline) {
        Programs.Ended ended = wg("", deadline, "show", interfaceName, "dump");
        requireInterface(interfaceName, ended);
        return parseDump(ended.orRefused().text());
    }

    @Override
    public void configure(
            String interfaceName, Optional<WireGuardKey> privateKey, OptionalInt listenPort, Deadline deadline) {
        List<String> arguments = new ArrayList<>(List.of("set", interfaceName));
        privateKey.ifPresent(key -> arguments.addAll(List.of("private-key", "/dev/stdin")));
        listenPort.ifPresent(port -> arguments.addAll(List.of("listen-port", Integer.toString(port))));
        String stdin = privateKey.map(WireGuardKey::base64).orElse("");
        Programs.Ended ended = wg(stdin, deadline, arguments.toArray(String[]::new));
        requireInterface(interfaceName, ended);
        ended.orRefused();
    }

    static DeviceState parseDump(String dump) {
        List<String> lines = dump.lines().toList();
        if (lines.isEmpty()) {
            throw new NodeException(Reason.UNAVAILABLE, "wg printed nothing");
        }
        try {
            String[] device = lines.get(0).split("\t");
            List<PeerState> peers =
                    lines.stream().skip(1).map(WgDriver::parsePeer).toList();
            return new DeviceState(key(device[0]), Integer.parseInt(device[2]), peers);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            // Without the cause: it could carry the line with the private key.
            throw new NodeException(Reason.UNAVAILABLE, "wg printed what this version does not understand");
        }
    }

    private static PeerState parsePeer(String line) {
        String[] column = line.split("\t");
        if (column.length < PEER_COLUMNS) {
            throw new IllegalArgumentException("too few columns");
        }
        long handshake = Long.parseLong(column[4]);
        return new PeerState(
                WireGuardKey.ofBase64(column[0]),
                key(column[1]),
                column[3].equals(NONE)
                        ? List.of()
                        : Arrays.stream(column[3].split(",")).sorted().toList(),
                column[2].equals(NONE) ? Optional.empty() : Optional.of(column[2]),
                handshake == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(handshake)),
                Long.parseLong(column[5]),
                Long.parseLong(column[6]));
    }

    private static Optional<WireGuardKey> key(String text) {
        return text.equals(NONE) ? Optional.empty() : Optional.of(WireGuardKey.ofBase64(text));
    }

    /**
     * addconf leaves other peers alone, and replaces the allowed IPs of those it names.
     *
     * <p>The public key comes last: wg takes the end of its input for the end of the configuration, also when whoever wrote
     * was cut off, and refuses all of one with a peer that has no key or half of one. So no peer is ever added without its
     * preshared key, or with the beginning of a network for a network.
     */
    static void appendPut(PeerChange.Put put, StringBuilder configuration) {
        configuration.append("[Peer]\n");
        if (!put.allowedIps().isEmpty()) {
            configuration
                    .append("AllowedIPs = ")
                    .append(String.join(", ", put.allowedIps()))
                    .append('\n');
        }
        configuration.append("PresharedKey = ").append(put.presharedKey().base64());
        configuration.append("\nPublicKey = ").append(put.publicKey().base64()).append('\n');
    }

    private static Optional<String> outcome(String interfaceName, Programs.Ended ended) {
        requireInterface(interfaceName, ended);
        return ended.succeeded() ? Optional.empty() : Optional.of(ended.reason());
    }

    private static void requireInterface(String interfaceName, Programs.Ended ended) {
        if (!ended.succeeded() && saysNoInterface(ended)) {
            throw new NodeException(Reason.NO_INTERFACE, "no WireGuard device is named " + interfaceName);
        }
    }

    /** The last is what wg says on a kernel without WireGuard when there is no socket of that name either. */
    private static boolean saysNoInterface(Programs.Ended ended) {
        return ended.stderr().contains("No such device")
                || ended.stderr().contains("Operation not supported")
                || ended.stderr().contains("Protocol not supported");
    }

    private Programs.Ended wg(String stdin, Deadline deadline, String... arguments) {
        List<String> argv = new ArrayList<>(List.of("wg"));
        argv.addAll(List.of(arguments));
        return programs.run(network.inNamespace(argv), stdin, deadline);
    }
}
