package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.PeerDigest;
import io.vpnenterprise.node.WireGuardKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * Connected peers by the thousand, put into the database by SQL as {@code PeerRows.reserve} and {@code PeerRows.confirm}
 * leave them, preshared keys sealed. Where {@code PeerRows} changes, this has to follow.
 */
final class FleetPeers {

    private static final int FIRST_HOST = 2;

    /** A row of {@code peers}, with its preshared key open. */
    private record Row(UUID id, BenchDevice device, byte[] presharedKey, int host, String ipv4, String ipv6) {

        PeerChange.Put put() {
            return new PeerChange.Put(
                    WireGuardKey.ofBase64(device.publicKey()),
                    WireGuardKey.of(presharedKey),
                    List.of(ipv4 + "/32", ipv6 + "/128"));
        }
    }

    private FleetPeers() {}

    /** Adds a peer for each device to a server that never had one; returns them as a device is to have them. */
    static List<PeerChange.Put> insert(Database database, String serverId, List<BenchDevice> devices, Random random)
            throws SQLException {
        try (Connection sql = database.connect()) {
            BareLoop.insert(sql, devices);
            List<Row> rows = rows(sql, serverId, devices, random);
            insertPeers(sql, serverId, rows);
            BareLoop.execute(sql, """
                    INSERT INTO server_addresses (server_id, host)
                    SELECT server_id, host FROM peers WHERE server_id = ?::uuid""", serverId);
            BareLoop.execute(sql, """
                    INSERT INTO connections (id, user_id, device_id, device_name, server_id, server_name, region, connected_at)
                    SELECT p.id, p.user_id, p.device_id, d.name, s.id, s.name, s.region, now()
                    FROM peers p JOIN servers s ON s.id = p.server_id JOIN devices d ON d.id = p.device_id
                    WHERE p.server_id = ?::uuid""", serverId);
            BareLoop.execute(
                    sql,
                    "UPDATE servers SET peer_count = ?, address_cursor = ? WHERE id = ?::uuid",
                    rows.size(),
                    FIRST_HOST + rows.size() - 1,
                    serverId);
            sql.commit();
            sql.setAutoCommit(true);
            BareLoop.execute(sql, "ANALYZE peers, server_addresses, connections");
            return rows.stream().map(Row::put).toList();
        }
    }

    private static List<Row> rows(Connection sql, String serverId, List<BenchDevice> devices, Random random)
            throws SQLException {
        List<Row> rows = new ArrayList<>(devices.size());
        // PostgreSQL counts addresses, and writes them as it writes those of a peer's row.
        try (PreparedStatement select = sql.prepareStatement("""
                SELECT h, host(ipv4_pool + h), host(ipv6_pool + h)
                FROM servers, generate_series(?, ?) h WHERE id = ?::uuid ORDER BY h""")) {
            select.setInt(1, FIRST_HOST);
            select.setInt(2, FIRST_HOST + devices.size() - 1);
            select.setString(3, serverId);
            ResultSet row = select.executeQuery();
            for (BenchDevice device : devices) {
                row.next();
                byte[] presharedKey = new byte[WireGuardKey.LENGTH];
                random.nextBytes(presharedKey);
                rows.add(new Row(
                        UUID.randomUUID(), device, presharedKey, row.getInt(1), row.getString(2), row.getString(3)));
            }
        }
        return rows;
    }

    private static void insertPeers(Connection sql, String serverId, List<Row> rows) throws SQLException {
        try (PreparedStatement insert = sql.prepareStatement("""
                INSERT INTO peers (id, server_id, device_id, user_id, state, public_key, sealed_preshared_key, host,
                                   ipv4, ipv6, digest_high, digest_low)
                VALUES (?, ?::uuid, ?, ?, 'ACTIVE', ?, ?, ?, ?::inet, ?::inet, ?, ?)""")) {
            for (Row row : rows) {
                insert.setObject(1, row.id());
                insert.setString(2, serverId);
                insert.setObject(3, row.device().id());
                insert.setObject(4, row.device().userId());
                insert.setString(5, row.device().publicKey());
                insert.setBytes(6, MasterKey.seal(row.presharedKey(), "peers.sealed_preshared_key/" + row.id()));
                insert.setInt(7, row.host());
                insert.setString(8, row.ipv4());
                insert.setString(9, row.ipv6());
                PeerDigest digest = PeerDigest.of(row.put());
                insert.setLong(10, digest.high());
                insert.setLong(11, digest.low());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
