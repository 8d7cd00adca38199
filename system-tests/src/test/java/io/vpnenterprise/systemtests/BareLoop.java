package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import io.vpnenterprise.node.NodeConnection;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.WireGuardKey;
import jakarta.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * What a connect costs without a product around it: the statements and the two commits of {@code PeerRows.reserve} and
 * {@code PeerRows.confirm}, one by one as they stand there, and between them one put through the connector. No HTTP, no
 * token, no EJB, no JPA, no sealing, no hand-over to a writer, and nothing by which the writer finds its rows. Where
 * {@code PeerRows} changes, this has to follow.
 *
 * <p>Runs on a database of its own, a copy of the product's with its schema and nobody in it, in the same PostgreSQL: the
 * product would take the rows for its own.
 */
final class BareLoop {

    private static final String PEER = """
            SELECT p.id, p.server_id, s.node_id, s.interface_name, p.device_id, p.state, p.public_key,
                   p.sealed_preshared_key, p.host, host(p.ipv4) AS ipv4, host(p.ipv6) AS ipv6
            FROM peers p JOIN servers s ON s.id = p.server_id""";

    private static final String CANDIDATE = """
            SELECT s.id, s.node_id, s.name, s.region, s.public_key, s.ipv4_pool::text, s.ipv6_pool::text,
                   CASE WHEN n.endpoint_host LIKE '%:%' THEN '[' || n.endpoint_host || ']' ELSE n.endpoint_host END
                       || ':' || s.port AS endpoint,
                   s.capacity, s.peer_count, n.transport = 'SIMULATED' AS simulated,
                   coalesce(n.last_seen_at > now() - make_interval(secs => ?), false) AS fresh
            FROM servers s JOIN nodes n ON n.id = s.node_id WHERE s.status = 'ACTIVE' AND s.id = ?""";

    private final String interfaceName;
    private final Supplier<BenchDevice> devices;
    private final UUID serverId = UUID.randomUUID();
    private final UUID nodeId = UUID.randomUUID();
    private final UUID owner = UUID.randomUUID();

    BareLoop(Database database, String interfaceName, int capacity, Supplier<BenchDevice> devices) throws SQLException {
        this.interfaceName = interfaceName;
        this.devices = devices;
        try (Connection sql = database.connect()) {
            execute(sql, """
                    INSERT INTO nodes (id, name, transport, endpoint_host, created_at, last_seen_at)
                    VALUES (?, 'bare', 'UAPI', 'vpn.example.org', now(), now())""", nodeId);
            execute(
                    sql,
                    "INSERT INTO node_leases (node_id, owner, epoch, expires_at) VALUES (?, ?, 1, 'infinity')",
                    nodeId,
                    owner);
            execute(sql, """
                    INSERT INTO servers (id, node_id, name, region, status, interface_name, port, public_key,
                                         sealed_private_key, ipv4_pool, ipv6_pool, capacity, created_at)
                    VALUES (?, ?, 'bare', 'eu-central', 'ACTIVE', ?, 41000, '', '', '10.64.0.0/16',
                            'fd5e:91b7:2c40::/64', ?, now())""", serverId, nodeId, interfaceName, capacity);
        }
    }

    /** One client on connections of its own to database and node; each call connects one device. */
    Callable<Void> client(Connection sql, NodeConnection node, long seed) throws SQLException {
        sql.setAutoCommit(false);
        Random random = new Random(seed);
        return () -> {
            try {
                connect(sql, node, devices.get(), random);
                return null;
            } catch (SQLException | RuntimeException e) {
                // Others wait for what it has locked.
                sql.rollback();
                throw e;
            }
        };
    }

    private void connect(Connection sql, NodeConnection node, BenchDevice device, Random random) throws SQLException {
        byte[] presharedKey = bytes(random, WireGuardKey.LENGTH);
        UUID peerId = UUID.randomUUID();
        Addresses addresses = reserve(sql, device, peerId, bytes(random, 61), random);
        PeerChange put = new PeerChange.Put(
                WireGuardKey.ofBase64(device.publicKey()),
                WireGuardKey.of(presharedKey),
                List.of(addresses.ipv4() + "/32", addresses.ipv6() + "/128"));
        node.apply(interfaceName, List.of(put));
        confirm(sql, peerId);
    }

    private record Addresses(String ipv4, String ipv6) {}

    private Addresses reserve(Connection sql, BenchDevice device, UUID peerId, byte[] sealed, Random random)
            throws SQLException {
        require(execute(sql, "SELECT 1 FROM devices WHERE id = ? FOR UPDATE", device.id()) == 1);
        require(execute(sql, PEER + " WHERE p.device_id = ? AND p.state <> 'REMOVING'", device.id()) == 0);
        require(execute(sql, CANDIDATE, 30L, serverId) == 1);
        int host = take(sql) + 1;
        require(execute(sql, """
                INSERT INTO server_addresses (server_id, host)
                SELECT id, ? FROM servers WHERE id = ? AND ? <= capacity + 1 ON CONFLICT DO NOTHING""", host, serverId, host) == 1);
        execute(sql, "UPDATE servers SET address_cursor = ? WHERE id = ?", host, serverId);
        Addresses addresses = new Addresses(
                "10.64." + (host >> 8) + "." + (host & 0xff), "fd5e:91b7:2c40::" + Integer.toHexString(host));
        execute(
                sql,
                """
                INSERT INTO peers (id, server_id, device_id, user_id, state, public_key, sealed_preshared_key, host,
                                   ipv4, ipv6, digest_high, digest_low, sealed_asked)
                VALUES (?, ?, ?, ?, 'PENDING', ?, ?, ?, ?::inet, ?::inet, ?, ?, ?)""",
                peerId,
                serverId,
                device.id(),
                device.userId(),
                device.publicKey(),
                sealed,
                host,
                addresses.ipv4(),
                addresses.ipv6(),
                random.nextLong(),
                random.nextLong(),
                sealed);
        require(execute(sql, PEER + " WHERE p.id = ?", peerId) == 1);
        sql.commit();
        return addresses;
    }

    private int take(Connection sql) throws SQLException {
        try (PreparedStatement statement = sql.prepareStatement("""
                UPDATE servers SET peer_count = peer_count + 1
                WHERE id = ? AND status = 'ACTIVE' AND peer_count < capacity RETURNING address_cursor""")) {
            statement.setObject(1, serverId);
            ResultSet row = statement.executeQuery();
            require(row.next());
            return row.getInt(1);
        }
    }

    private void confirm(Connection sql, UUID peerId) throws SQLException {
        require(execute(
                        sql,
                        "SELECT 1 FROM node_leases WHERE node_id = ? AND owner = ? AND epoch = ? FOR SHARE",
                        nodeId,
                        owner,
                        1L)
                == 1);
        require(execute(sql, "SELECT 1 FROM servers WHERE id = ? FOR KEY SHARE", serverId) == 1);
        require(execute(
                        sql,
                        "UPDATE peers SET state = 'ACTIVE' WHERE id = ANY (?) AND state = 'PENDING' RETURNING id",
                        sql.createArrayOf("uuid", new Object[] {peerId}))
                == 1);
        execute(sql, """
                INSERT INTO connections (id, user_id, device_id, device_name, server_id, server_name, region, connected_at)
                SELECT p.id, p.user_id, p.device_id, coalesce(d.name, ''), s.id, s.name, s.region, now()
                FROM peers p JOIN servers s ON s.id = p.server_id LEFT JOIN devices d ON d.id = p.device_id
                WHERE p.id = ? ON CONFLICT (id) DO NOTHING""", peerId);
        OutboxForge.add(
                sql,
                "BareConnection",
                Json.createObjectBuilder()
                        .add("peerId", peerId.toString())
                        .build()
                        .toString());
        sql.commit();
    }

    /** Returns the number of rows that were read or changed. */
    static int execute(Connection sql, String text, Object... arguments) throws SQLException {
        try (PreparedStatement statement = sql.prepareStatement(text)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            if (!statement.execute()) {
                return statement.getUpdateCount();
            }
            ResultSet rows = statement.getResultSet();
            int read = 0;
            for (; rows.next(); read++) {
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    rows.getObject(column);
                }
            }
            return read;
        }
    }

    /** Adds members' devices with keys of their own by SQL: making them is not what is measured. */
    static void insert(Connection sql, List<BenchDevice> devices) throws SQLException {
        sql.setAutoCommit(false);
        try (PreparedStatement statement = sql.prepareStatement(
                "INSERT INTO devices (id, user_id, name, public_key, created_at) VALUES (?, ?, ?, ?, ?)")) {
            OffsetDateTime now = OffsetDateTime.now();
            for (BenchDevice device : devices) {
                statement.setObject(1, device.id());
                statement.setObject(2, device.userId());
                statement.setString(3, device.id().toString());
                statement.setString(4, device.publicKey());
                statement.setObject(5, now);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        execute(sql, "ANALYZE devices");
        sql.commit();
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("the bare loop does not find what it expects");
        }
    }
}
