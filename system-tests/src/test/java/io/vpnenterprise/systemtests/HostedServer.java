package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A server on a node of its own with a real WireGuard device, from both sides: what the host has, as its operator sees it
 * with {@code wg}, and what the database says that it must have.
 */
final class HostedServer implements AutoCloseable {

    /** More than this in the device's queue is a change of peers: a read is {@code get=1} alone. */
    static final int BYTES_OF_A_READ = 20;

    final String id;
    final String interfaceName;

    private final Product product;
    private final NetworkNamespace host;
    private final String nodeId;

    /** A peer on the host, or a row of the database; its preshared key is sealed there, and empty here. */
    record Peer(String publicKey, String presharedKey, Set<String> allowedIps) {

        Peer withoutPresharedKey() {
            return new Peer(publicKey, "", allowedIps);
        }
    }

    private HostedServer(Product product, NetworkNamespace host, String nodeId, String id) {
        // Derived from the server's id: that is how an operator finds it.
        this(product, host, nodeId, id, "vp" + id.replace("-", "").substring(0, 12));
    }

    /** One whose interface was there before. */
    HostedServer(Product product, NetworkNamespace host, String nodeId, String id, String interfaceName) {
        this.product = product;
        this.host = host;
        this.nodeId = nodeId;
        this.id = id;
        this.interfaceName = interfaceName;
    }

    static HostedServer create(
            Product product, NetworkNamespace host, String transport, String endpointHost, int port) {
        return create(product, host, product.admin().addNode(host.name, transport, host.name, endpointHost), port);
    }

    /** One that the platform reaches by SSH. */
    static HostedServer create(Product product, NetworkNamespace host, OpenSsh ssh, String endpointHost, int port) {
        return create(product, host, ssh.enrol(product.admin(), host, endpointHost), port);
    }

    private static HostedServer create(Product product, NetworkNamespace host, String node, int port) {
        Api admin = product.admin();
        String server = admin.addServer(host.name, "eu-central", port, node).getString("id");
        return new HostedServer(product, host, node, server);
    }

    /** One on UAPI with room for so many peers; its members never use it. */
    static HostedServer create(Product product, NetworkNamespace host, int port, int capacity) {
        Api admin = product.admin();
        String node = admin.addNode(host.name, "uapi", host.name, "192.0.2.1");
        String server = admin.post(
                        "/api/vpn/servers",
                        Json.createObjectBuilder()
                                .add("name", host.name)
                                .add("region", "eu-central")
                                .add("port", port)
                                .add("nodeId", node)
                                .add("capacity", capacity)
                                .build())
                .expect(201)
                .data()
                .getString("id");
        return new HostedServer(product, host, node, server);
    }

    /** The host's peers by public key. */
    Map<String, Peer> peersOnHost() {
        Map<String, Peer> peers = new HashMap<>();
        host.run("wg", "show", interfaceName, "dump")
                .orFail()
                .stdout()
                .lines()
                .skip(1)
                .forEach(line -> {
                    String[] column = line.split("\t");
                    Set<String> allowedIps =
                            column[3].equals("(none)") ? Set.of() : new TreeSet<>(Arrays.asList(column[3].split(",")));
                    peers.put(column[0], new Peer(column[0], column[1], allowedIps));
                });
        return peers;
    }

    /** The public keys of the host's peers; none when it has no such interface. */
    List<String> keysOnHost() {
        Program.Ended shown = host.run("wg", "show", interfaceName, "peers");
        return shown.succeeded() ? shown.stdout().lines().toList() : List.of();
    }

    /** An operator who takes the interface away behind the platform's back. */
    void deleteByHand() {
        host.run("ip", "link", "del", "dev", interfaceName).orFail();
    }

    /** Whether the host has such a peer, with addresses; false also while it has no device. */
    boolean hasOnHost(String publicKey) {
        return host.run("wg", "show", interfaceName, "allowed-ips")
                .stdout()
                .lines()
                .anyMatch(line -> line.startsWith(publicKey) && !line.contains("(none)"));
    }

    /** {@code wg set} of an operator who goes behind the platform's back. */
    void changeByHand(String... arguments) {
        List<String> argv = new ArrayList<>(List.of("wg", "set", interfaceName));
        argv.addAll(List.of(arguments));
        host.run(argv.toArray(String[]::new)).orFail();
    }

    /** The database's peers in one of these states, by public key. */
    Map<String, Peer> peersInDatabase(String... states) {
        Map<String, Peer> peers = new HashMap<>();
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement("""
                        SELECT public_key, coalesce(allowed_ips, ARRAY[host(ipv4) || '/32', host(ipv6) || '/128']) FROM peers
                        WHERE server_id = ? AND state = ANY (?)""")) {
            select.setString(1, id);
            select.setArray(2, connection.createArrayOf("text", states));
            ResultSet rows = select.executeQuery();
            while (rows.next()) {
                Set<String> allowedIps =
                        new TreeSet<>(List.of((String[]) rows.getArray(2).getArray()));
                Peer before = peers.put(rows.getString(1), new Peer(rows.getString(1), "", allowedIps));
                assertThat(before).as("another row with the same key").isNull();
            }
            return peers;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The same set of public key, preshared key and addresses on both sides, and nothing under way: the preshared keys of the
     * database are opened, and compared by what the host's hash to.
     */
    void assertHostEqualsDatabaseWithPresharedKeys() {
        assertThat(peersInDatabase("PENDING", "REMOVING")).as("under way").isEmpty();
        assertThat(hashed(peersOnHost())).isEqualTo(hashed(openedPeersInDatabase()));
    }

    private Map<String, Peer> openedPeersInDatabase() {
        Map<String, Peer> peers = peersInDatabase("ACTIVE");
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement("""
                        SELECT id, public_key, sealed_preshared_key FROM peers WHERE server_id = ? AND state = 'ACTIVE'""")) {
            select.setString(1, id);
            ResultSet rows = select.executeQuery();
            while (rows.next()) {
                byte[] presharedKey =
                        MasterKey.open(rows.getBytes(3), "peers.sealed_preshared_key/" + rows.getString(1));
                // As wg shows a peer without one.
                String text = Arrays.equals(presharedKey, new byte[presharedKey.length])
                        ? "(none)"
                        : Base64.getEncoder().encodeToString(presharedKey);
                peers.computeIfPresent(rows.getString(2), (key, peer) -> new Peer(key, text, peer.allowedIps()));
            }
            return peers;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<Peer> hashed(Map<String, Peer> peers) {
        return peers.values().stream()
                .map(peer -> new Peer(peer.publicKey(), sha256(peer.presharedKey()), peer.allowedIps()))
                .collect(Collectors.toSet());
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Nothing is under way, and the host has each peer of the database key by key, and no other. */
    void assertHostEqualsDatabase() {
        assertThat(peersInDatabase("PENDING", "REMOVING")).as("under way").isEmpty();
        Map<String, Peer> onHost = peersOnHost();
        onHost.replaceAll((key, peer) -> peer.withoutPresharedKey());
        assertThat(onHost).isEqualTo(peersInDatabase("ACTIVE"));
    }

    /** What the database counts and keeps besides the peers fits them. */
    void assertAddressesAreAccountedFor() throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement("""
                        SELECT peer_count,
                               (SELECT array_agg(host ORDER BY host) FROM peers WHERE server_id = s.id)::text,
                               (SELECT array_agg(host ORDER BY host) FROM server_addresses WHERE server_id = s.id)::text,
                               (SELECT count(*) FROM peers WHERE server_id = s.id)
                        FROM servers s WHERE id = ?""")) {
            select.setString(1, id);
            ResultSet row = select.executeQuery();
            assertThat(row.next()).isTrue();
            assertThat(row.getString(3)).as("addresses taken").isEqualTo(row.getString(2));
            assertThat(row.getInt(1)).as("peer_count").isEqualTo(row.getInt(4));
        }
    }

    /** Any 32 bytes are one. */
    static String newPublicKey() {
        return Program.run("wg", "genpsk").orFail().stdout().strip();
    }

    /** Returns when one has just been: the next is then seconds away, and not in the way. */
    void awaitReconciliation() {
        String stranger = newPublicKey();
        changeByHand("peer", stranger);
        await("a reconciliation")
                .pollInterval(Duration.ofMillis(20))
                .atMost(Duration.ofSeconds(20))
                .until(() -> !peersOnHost().containsKey(stranger));
    }

    /** The process of the userspace device. */
    ProcessHandle device() {
        List<ProcessHandle> processes = devices();
        assertThat(processes).as("processes of " + interfaceName).hasSize(1);
        return processes.get(0);
    }

    /** None while there is none, and two while one is starting. */
    private List<ProcessHandle> devices() {
        return ProcessHandle.allProcesses().filter(this::isDevice).toList();
    }

    private boolean isDevice(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        return info.command()
                        .filter(command -> command.endsWith("/wireguard-go"))
                        .isPresent()
                && info.arguments()
                        .filter(arguments -> Arrays.asList(arguments).contains(interfaceName))
                        .isPresent();
    }

    /**
     * An operator who restarts the device, which then knows nothing of its peers: whoever kept a connection to it hears so.
     *
     * @return false when the platform was faster, and the device is its, or it is about to make one
     */
    boolean restartDeviceByHand() {
        List<ProcessHandle> processes = devices();
        if (processes.isEmpty()) {
            return false;
        }
        processes.forEach(ProcessHandle::destroyForcibly);
        await("the end of " + interfaceName)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> !host.hasLink(interfaceName));
        return host.run("setsid", "--wait", "wireguard-go", interfaceName).succeeded();
    }

    /** The same, of one who gives the device what it had: only its counters begin anew. */
    void restartDeviceByHandWithWhatItHad() throws IOException {
        String had = host.run("wg", "showconf", interfaceName).orFail().stdout();
        List<String> addresses = host.run("ip", "-o", "address", "show", "dev", interfaceName, "scope", "global")
                .orFail()
                .stdout()
                .lines()
                .map(line -> line.split("\\s+")[3])
                .toList();
        assertThat(restartDeviceByHand()).isTrue();
        Path file = Files.createTempFile("vpn-system-test", ".conf");
        try {
            Files.writeString(file, had);
            host.run("wg", "setconf", interfaceName, file.toString()).orFail();
        } finally {
            Files.delete(file);
        }
        host.run("ip", "link", "set", "dev", interfaceName, "up").orFail();
        addresses.forEach(address ->
                host.run("ip", "address", "add", address, "dev", interfaceName).orFail());
    }

    /** What the device has counted of a peer. */
    TunnelClient.Bytes countedOf(String publicKey) {
        return host.run("wg", "show", interfaceName, "transfer")
                .orFail()
                .stdout()
                .lines()
                .map(line -> line.split("\t"))
                .filter(column -> column[0].equals(publicKey))
                .map(column -> new TunnelClient.Bytes(Long.parseLong(column[1]), Long.parseLong(column[2])))
                .findFirst()
                .orElseThrow();
    }

    /** Bytes that the platform has sent to the device and the device has not read. */
    int unreadByDevice() {
        Path socket = NetworkNamespace.socketOf(interfaceName);
        return Program.run("ss", "-xHn", "state", "established")
                .orFail()
                .stdout()
                .lines()
                .map(line -> line.trim().split("\\s+"))
                .filter(column -> Arrays.asList(column).contains(socket.toString()))
                .mapToInt(column -> Integer.parseInt(column[1]))
                .sum();
    }

    void delete() {
        product.admin().delete("/api/vpn/servers/" + id).expect(204);
    }

    @Override
    public void close() {
        Api admin = product.admin();
        admin.delete("/api/vpn/servers/" + id);
        admin.delete("/api/admin/nodes/" + nodeId);
    }
}
