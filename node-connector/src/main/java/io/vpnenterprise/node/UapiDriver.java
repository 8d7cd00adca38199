package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

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

    @Override
    public List<RefusedChange> apply(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        return PeerBatch.apply(changes, part -> {
            int errno = exchange(interfaceName, peerRequest(part), deadline).errno();
            return errno == 0 ? Optional.empty() : Optional.of(reason(errno));
        });
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
        UapiReply reply = exchange(interfaceName, "get=1\n\n", deadline);
        requireDone(interfaceName, reply);
        return reply.state();
    }

    @Override
    public void configure(
            String interfaceName, Optional<WireGuardKey> privateKey, OptionalInt listenPort, Deadline deadline) {
        StringBuilder request = new StringBuilder("set=1\n");
        privateKey.ifPresent(key -> line(request, "private_key", key.hex()));
        listenPort.ifPresent(port -> line(request, "listen_port", Integer.toString(port)));
        requireDone(interfaceName, exchange(interfaceName, request.append('\n').toString(), deadline));
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

    private UapiReply exchange(String interfaceName, String request, Deadline deadline) {
        byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
        UapiConnection kept = connections.get(interfaceName);
        if (kept != null) {
            try {
                return exchange(interfaceName, kept, bytes, deadline);
            } catch (IOException e) {
                // Its device has been restarted, or the device hung up after a request that it refused. Every request
                // is
                // safe to repeat, so a new connection may do all of it again, once.
            }
        }
        UapiConnection fresh = keep(interfaceName, open(interfaceName, deadline));
        try {
            return exchange(interfaceName, fresh, bytes, deadline);
        } catch (IOException e) {
            throw new NodeException(Reason.UNAVAILABLE, interfaceName + ": " + e.getMessage(), e);
        }
    }

    private UapiReply exchange(String interfaceName, UapiConnection connection, byte[] request, Deadline deadline)
            throws IOException {
        boolean usable = false;
        try {
            UapiReply reply = connection.exchange(ByteBuffer.wrap(request), deadline);
            usable = reply.errno() == 0;
            return reply;
        } finally {
            if (!usable) {
                drop(interfaceName);
            }
        }
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

    private static void requireDone(String interfaceName, UapiReply reply) {
        if (reply.errno() != 0) {
            throw new NodeException(Reason.REFUSED, interfaceName + ": " + reason(reply.errno()));
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
