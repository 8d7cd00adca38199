package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Drives a userspace device of this machine by its socket, {@code /var/run/wireguard/<interface>.sock}.
 *
 * <p>One connection per interface is kept: measured, a peer change takes 0.2 ms on it, against 4 ms and more for a
 * process. Peer changes and reads start no process at all.
 *
 * <p>Source: "Cross-platform userspace implementation", wireguard.com/xplatform.
 */
final class UapiDriver implements DeviceDriver, LocalDevice {

    /** Where every userspace implementation puts its sockets, whatever the network namespace. */
    static final Path SOCKET_DIRECTORY = Path.of("/var/run/wireguard");

    /** 65,536 peers answer about 21 MiB. */
    private static final long MAX_REPLY = 64 << 20;

    /** After so much silence a request is given up: the device may be stuck for that connection alone. */
    private static final Duration MAX_SILENCE = Duration.ofSeconds(8);

    private final Path socketDirectory;
    private final long maxReply;
    private final HostNetwork network;
    private final Map<String, UapiConnection> connections = new ConcurrentHashMap<>();
    private volatile boolean closed;

    UapiDriver(Optional<String> networkNamespace) {
        this(SOCKET_DIRECTORY, MAX_REPLY, new HostNetwork(new HostPrograms(), networkNamespace));
    }

    UapiDriver(Path socketDirectory, long maxReply, HostNetwork network) {
        this.socketDirectory = socketDirectory;
        this.maxReply = maxReply;
        this.network = network;
    }

    @Override
    public void ensureInterface(InterfaceSpec spec, Deadline deadline) {
        network.ensure(spec, this, deadline);
    }

    @Override
    public void removeInterface(String interfaceName, Deadline deadline) {
        network.remove(interfaceName, this, deadline);
        drop(interfaceName);
    }

    /** Never sent twice: who sends must know what the first time did. */
    @Override
    public Optional<String> send(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        UapiConnection connection =
                settled(interfaceName, deadline).orElseGet(() -> keep(interfaceName, open(interfaceName, deadline)));
        UapiReply reply = UapiReply.full();
        try {
            exchange(interfaceName, connection, peerRequest(changes), reply, deadline);
        } catch (IOException e) {
            throw new NodeException(Reason.UNAVAILABLE, interfaceName + ": " + e.getMessage(), e);
        }
        return reply.errno() == 0 ? Optional.empty() : Optional.of(reason(reply.errno()));
    }

    @Override
    public DevicePeers peers(String interfaceName, Deadline deadline) {
        return ask(interfaceName, "get=1\n\n", UapiReply::tabular, deadline).devicePeers();
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

    /** Each daemon makes its socket's file anew; in memory, so none outlives the machine's. */
    @Override
    public String incarnation(String interfaceName, Deadline deadline) {
        Path socket = socketDirectory.resolve(interfaceName + ".sock");
        try {
            Map<String, Object> file = Files.readAttributes(socket, "unix:ino,lastModifiedTime");
            return "socket/" + file.get("ino") + "/" + file.get("lastModifiedTime");
        } catch (IOException e) {
            throw new NodeException(Reason.NO_INTERFACE, "no device is named " + interfaceName, e);
        }
    }

    @Override
    public void check(Deadline deadline) {
        network.check(deadline);
    }

    @Override
    public void close() {
        closed = true;
        connections.keySet().forEach(this::drop);
    }

    @Override
    public void create(String interfaceName, Deadline deadline) {
        network.startUserspaceDevice(interfaceName, deadline);
    }

    @Override
    public boolean isPresent(String interfaceName, Deadline deadline) {
        try (UapiConnection answers = open(interfaceName, deadline)) {
            return answers != null;
        } catch (NodeException e) {
            if (e.reason() == Reason.NO_INTERFACE) {
                return false;
            }
            throw e;
        } catch (IOException e) {
            throw new NodeException(Reason.UNAVAILABLE, interfaceName + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void deleteDeadSocket(String interfaceName, Deadline deadline) {
        Path socket = socketDirectory.resolve(interfaceName + ".sock");
        if (!Files.exists(socket)) {
            return;
        }
        try {
            UapiConnection.open(socket, 0, deadline).close();
        } catch (ConnectException refused) {
            try {
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                throw new NodeException(Reason.REFUSED, "the dead socket of " + interfaceName + " stays", e);
            }
        } catch (IOException e) {
            throw new NodeException(Reason.UNAVAILABLE, interfaceName + ": " + e.getMessage(), e);
        }
    }

    @Override
    public DeviceState state(String interfaceName, Deadline deadline) {
        return ask(interfaceName, "get=1\n\n", UapiReply::full, deadline).state();
    }

    @Override
    public void configure(
            String interfaceName, Optional<WireGuardKey> privateKey, OptionalInt listenPort, Deadline deadline) {
        StringBuilder request = new StringBuilder("set=1\n");
        privateKey.ifPresent(key -> line(request, "private_key", key.hex()));
        listenPort.ifPresent(port -> line(request, "listen_port", Integer.toString(port)));
        ask(interfaceName, request.append('\n').toString(), UapiReply::full, deadline);
    }

    /** Never {@code replace_peers}: what this call does not name is none of its business. */
    private static String peerRequest(List<PeerChange> changes) {
        StringBuilder request = new StringBuilder(64 + 256 * changes.size()).append("set=1\n");
        for (PeerChange change : changes) {
            line(request, "public_key", change.publicKey().hex());
            if (change instanceof PeerChange.Put put) {
                line(request, "preshared_key", put.presharedKey().hex());
                line(request, "replace_allowed_ips", "true");
                put.allowedIps().forEach(allowedIp -> line(request, "allowed_ip", allowedIp));
            } else {
                line(request, "remove", "true");
            }
        }
        return request.append('\n').toString();
    }

    private static void line(StringBuilder request, String key, String value) {
        request.append(key).append('=').append(value).append('\n');
    }

    /** What may be asked again when the kept connection turns out to be broken, because its device was restarted. */
    private UapiReply ask(String interfaceName, String request, Supplier<UapiReply> replies, Deadline deadline) {
        Optional<UapiConnection> kept = settled(interfaceName, deadline);
        if (kept.isPresent()) {
            try {
                return done(interfaceName, kept.get(), request, replies.get(), deadline);
            } catch (IOException e) {
                // Once more, on a new one.
            }
        }
        UapiConnection fresh = keep(interfaceName, open(interfaceName, deadline));
        try {
            return done(interfaceName, fresh, request, replies.get(), deadline);
        } catch (IOException e) {
            throw new NodeException(Reason.UNAVAILABLE, interfaceName + ": " + e.getMessage(), e);
        }
    }

    private UapiReply done(
            String interfaceName, UapiConnection connection, String request, UapiReply reply, Deadline deadline)
            throws IOException {
        exchange(interfaceName, connection, request, reply, deadline);
        if (reply.errno() != 0) {
            throw new NodeException(Reason.REFUSED, interfaceName + ": " + reason(reply.errno()));
        }
        return reply;
    }

    private void exchange(
            String interfaceName, UapiConnection connection, String request, UapiReply reply, Deadline deadline)
            throws IOException {
        boolean usable = false;
        try {
            connection.exchange(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)), reply, deadline);
            usable = reply.errno() == 0;
        } finally {
            if (!usable && !connection.isWaiting()) {
                drop(interfaceName);
            }
        }
    }

    /**
     * The kept connection, once nothing is outstanding on it: a device takes the requests of one connection in their order,
     * and those of two in any, so one that it has not answered yet could overtake the next on another connection.
     */
    private Optional<UapiConnection> settled(String interfaceName, Deadline deadline) {
        UapiConnection connection = connections.get(interfaceName);
        if (connection != null && connection.isWaiting()) {
            try {
                if (connection.finish(deadline).errno() != 0) {
                    drop(interfaceName);
                }
            } catch (IOException e) {
                // It will not be answered any more.
                drop(interfaceName);
            } catch (NodeException e) {
                if (connection.waitingFor().compareTo(MAX_SILENCE) > 0) {
                    drop(interfaceName);
                }
                throw e;
            }
        }
        return Optional.ofNullable(connections.get(interfaceName));
    }

    private UapiConnection open(String interfaceName, Deadline deadline) {
        Path socket = socketDirectory.resolve(interfaceName + ".sock");
        try {
            return UapiConnection.open(socket, maxReply, deadline);
        } catch (ConnectException e) {
            // Nobody listens: the file was left behind by a device that died.
            throw new NodeException(Reason.NO_INTERFACE, "no device answers for " + interfaceName, e);
        } catch (IOException e) {
            if (Files.exists(socket)) {
                throw new NodeException(Reason.UNAVAILABLE, interfaceName + ": " + e.getMessage(), e);
            }
            throw new NodeException(Reason.NO_INTERFACE, "no device is named " + interfaceName, e);
        }
    }

    private UapiConnection keep(String interfaceName, UapiConnection connection) {
        connections.put(interfaceName, connection);
        if (closed) {
            drop(interfaceName);
            throw new NodeException(Reason.UNAVAILABLE, "the session was closed");
        }
        return connection;
    }

    private void drop(String interfaceName) {
        UapiConnection connection = connections.remove(interfaceName);
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                // It is gone, which is what was wanted.
                return;
            }
        }
    }

    /** The device answers with a number alone; these are Linux's names for those that devices use. */
    private static String reason(int errno) {
        return switch (errno) {
            case 5 -> "input/output error (errno 5)";
            case 22 -> "invalid value (errno 22)";
            case 98 -> "the port is in use (errno 98)";
            default -> "errno " + errno;
        };
    }
}
