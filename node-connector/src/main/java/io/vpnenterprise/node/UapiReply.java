package io.vpnenterprise.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads the answer to a UAPI request, byte by byte as it comes: lines {@code key=value}, ended by an empty one.
 *
 * <p>Source: "Cross-platform userspace implementation", wireguard.com/xplatform.
 */
final class UapiReply {

    /** The line that is coming, as far as it has come. */
    private byte[] line = new byte[128];

    private int length;
    private final List<PeerState> states = new ArrayList<>();
    private final PeerTable table = new PeerTable();
    private final boolean tabular;
    private Optional<WireGuardKey> privateKey = Optional.empty();
    private int listenPort;
    private PeerLines peer;
    private Integer errno;

    private UapiReply(boolean tabular) {
        this.tabular = tabular;
    }

    /** One that keeps all that the device says. */
    static UapiReply full() {
        return new UapiReply(false);
    }

    /** One that keeps what the peers are in a table, and makes no object of what they do. */
    static UapiReply tabular() {
        return new UapiReply(true);
    }

    /**
     * Takes the next byte.
     *
     * @return whether it was the last one
     * @throws IOException when this is no UAPI
     */
    boolean accept(byte next) throws IOException {
        if (next != '\n') {
            if (length == line.length) {
                line = Arrays.copyOf(line, 2 * length);
            }
            line[length++] = next;
            return false;
        }
        if (length > 0) {
            try {
                acceptLine();
            } catch (IllegalArgumentException e) {
                // Without the line: it may be the one with the private key.
                throw new IOException("the answer is not that of a WireGuard device", e);
            }
            length = 0;
            return false;
        }
        if (errno == null) {
            throw new IOException("the answer ends without errno");
        }
        endPeer();
        return true;
    }

    /** 0 for success; devices in Go answer negative numbers, others positive ones. */
    int errno() {
        return errno;
    }

    DeviceState state() {
        return new DeviceState(privateKey, listenPort, states);
    }

    DevicePeers devicePeers() {
        return DevicePeers.of(privateKey, listenPort, table);
    }

    private void acceptLine() {
        int equals = 0;
        while (equals < length && line[equals] != '=') {
            equals++;
        }
        if (equals == length) {
            throw new IllegalArgumentException("not key=value");
        }
        int from = equals + 1;
        switch (text(0, equals)) {
            case "private_key" -> privateKey = key(from);
            case "listen_port" -> listenPort = Integer.parseInt(text(from, length));
            case "public_key" -> {
                endPeer();
                peer = new PeerLines(WireGuardKey.ofHex(line, from, length));
            }
            case "preshared_key" -> peer().presharedKey = key(from);
            case "allowed_ip" -> peer().allowedIps.add(text(from, length));
            case "errno" -> errno = Math.abs(Integer.parseInt(text(from, length)));
            case "endpoint" -> peer().endpoint = Optional.of(text(from, length));
            case "last_handshake_time_sec" -> peer().handshakeSeconds = Long.parseLong(text(from, length));
            case "last_handshake_time_nsec" -> peer().handshakeNanos = Long.parseLong(text(from, length));
            case "rx_bytes" -> peer().received = Long.parseLong(text(from, length));
            case "tx_bytes" -> peer().sent = Long.parseLong(text(from, length));
            default -> {
                // The protocol lets devices add keys.
            }
        }
    }

    private String text(int from, int to) {
        return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private PeerLines peer() {
        if (peer == null) {
            throw new IllegalArgumentException("a line about a peer before any public_key");
        }
        return peer;
    }

    private void endPeer() {
        if (peer != null) {
            if (tabular) {
                peer.addTo(table);
            } else {
                states.add(peer.toState());
            }
            peer = null;
        }
    }

    private Optional<WireGuardKey> key(int from) {
        WireGuardKey key = WireGuardKey.ofHex(line, from, length);
        return key.isNone() ? Optional.empty() : Optional.of(key);
    }

    private static final class PeerLines {
        private final WireGuardKey publicKey;
        private final List<String> allowedIps = new ArrayList<>();
        private Optional<WireGuardKey> presharedKey = Optional.empty();
        private Optional<String> endpoint = Optional.empty();
        private long handshakeSeconds;
        private long handshakeNanos;
        private long received;
        private long sent;

        private PeerLines(WireGuardKey publicKey) {
            this.publicKey = publicKey;
        }

        private void addTo(PeerTable table) {
            table.put(publicKey, presharedKey.orElse(WireGuardKey.NONE), Networks.parse(allowedIps));
        }

        private PeerState toState() {
            allowedIps.sort(null);
            Optional<Instant> handshake = handshakeSeconds == 0 && handshakeNanos == 0
                    ? Optional.empty()
                    : Optional.of(Instant.ofEpochSecond(handshakeSeconds, handshakeNanos));
            return new PeerState(publicKey, presharedKey, allowedIps, endpoint, handshake, received, sent);
        }
    }
}
