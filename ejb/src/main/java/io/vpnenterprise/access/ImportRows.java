package io.vpnenterprise.access;

import io.vpnenterprise.fleet.AddressBlock;
import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.ImportSpec;
import io.vpnenterprise.fleet.Node;
import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.identity.UserRows;
import io.vpnenterprise.node.ExistingInterface;
import io.vpnenterprise.node.PeerDigest;
import io.vpnenterprise.node.PeerState;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** The short transactions of {@link Imports}: make the rows of a server what its host has. */
@Stateless
public class ImportRows {

    /** Bytes of a key that are the name of a device without one: nobody has two such devices. */
    private static final int NAME_BYTES = 8;

    /** Of keys that an error names. */
    private static final int MAX_NAMED = 3;

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    Outbox outbox;

    @Inject
    UserRows users;

    @Inject
    Allowances allowances;

    @Inject
    ServerRows servers;

    @Inject
    PeerRows peers;

    @Inject
    ConvergenceRows convergence;

    @Inject
    Event<PeersAdopted> adopted;

    /** A device, as far as an import sees it. */
    private record Owned(UUID deviceId, UUID userId) {}

    /** A peer on its way into the database. */
    private record Arrival(UUID id, PeerState found, Owned owned, int host) {}

    /** Adds the server and all that its interface has; returns its id. */
    public UUID begin(
            Caller caller,
            Node node,
            ImportSpec spec,
            UUID owner,
            List<ImportedDevice> devices,
            ExistingInterface found) {
        Map<String, ImportedDevice> known = byKey(devices, found);
        requireActive(owner, known.values());
        Server server = servers.addImported(node, spec, found);
        sql.update("INSERT INTO server_imports (server_id, user_id) VALUES (?, ?)", server.id(), owner);
        arrive(server, owner, known, found, found.peers());
        outbox.add(AuditEvent.by(caller, "server.imported")
                .of(AuditEvent.Severity.WARNING)
                .on("server", server.id(), server.name())
                .with("interface", server.interfaceName())
                .with("peers", found.peers().size()));
        return server.id();
    }

    /** Makes the rows of a server that is being imported what its host has by now. */
    public void follow(Server server, ExistingInterface found) {
        UUID owner = sql.first(
                        "SELECT user_id FROM server_imports WHERE server_id = ?",
                        row -> Sql.uuid(row, "user_id"),
                        server.id())
                .orElseThrow();
        requireActive(owner, List.of());
        servers.lockAlone(server.id());
        Map<String, ConvergenceRows.Digested> rows = rows(server.id());
        List<PeerState> arriving = new ArrayList<>();
        for (PeerState peer : found.peers()) {
            ConvergenceRows.Digested row = rows.remove(peer.publicKey().base64());
            if (row == null) {
                arriving.add(peer);
            } else if (row.state() != Peer.State.REMOVING && !row.digest().equals(digest(peer))) {
                change(row.id(), peer);
            }
        }
        servers.keepFree(server.id(), found);
        arrive(server, owner, Map.of(), found, arriving);
        // Those are gone from the host already; the writer finds nothing to remove, and gives their addresses back.
        rows.values()
                .forEach(gone ->
                        peers.letGo(gone.id(), EndReason.DEVICE_REMOVED, AuditEvent.bySystem(PeerRows.DISCONNECTED)));
    }

    /** By key; of several that one that is not going. */
    private Map<String, ConvergenceRows.Digested> rows(UUID serverId) {
        Map<String, ConvergenceRows.Digested> rows = new HashMap<>();
        for (ConvergenceRows.Digested row : convergence.all(serverId)) {
            rows.merge(
                    row.digest().publicKey().base64(),
                    row,
                    (one, other) -> one.state() == Peer.State.REMOVING ? other : one);
        }
        return rows;
    }

    /** @throws VpnException {@code IMPORT_NOT_FOUND} */
    public ImportState state(UUID nodeId, UUID serverId) {
        return sql.first(
                        """
                        SELECT s.id, s.name, s.interface_name, s.status <> 'IMPORTING' AS finished, s.peer_count, c.failure
                        FROM servers s JOIN server_imports i ON i.server_id = s.id
                        LEFT JOIN server_convergence c ON c.server_id = s.id
                        WHERE s.node_id = ? AND s.id = ?""",
                        row -> new ImportState(
                                Sql.uuid(row, "id"),
                                row.getString("name"),
                                row.getString("interface_name"),
                                row.getBoolean("finished"),
                                row.getInt("peer_count"),
                                Optional.ofNullable(row.getString("failure"))),
                        nodeId,
                        serverId)
                .orElseThrow(() -> new VpnException(FleetError.IMPORT_NOT_FOUND, serverId.toString()));
    }

    private static Map<String, ImportedDevice> byKey(List<ImportedDevice> devices, ExistingInterface found) {
        Set<String> present =
                found.peers().stream().map(peer -> peer.publicKey().base64()).collect(Collectors.toSet());
        Map<String, ImportedDevice> known = new HashMap<>();
        for (ImportedDevice device : devices) {
            if (!present.contains(device.publicKey()) || known.put(device.publicKey(), device) != null) {
                throw VpnException.ofField(AccessError.INVALID_IMPORTED_DEVICE, "devices", device.publicKey());
            }
        }
        return known;
    }

    /** In one order, and before anything of a server, as everybody locks accounts. */
    private void requireActive(UUID owner, Collection<ImportedDevice> devices) {
        Set<UUID> owners = new TreeSet<>(Set.of(owner));
        devices.forEach(device -> device.userId().ifPresent(owners::add));
        for (UUID user : owners) {
            try {
                users.requireActive(user);
            } catch (VpnException e) {
                throw VpnException.ofField(AccessError.NO_SUCH_OWNER, "userId", user.toString());
            }
        }
    }

    private void arrive(
            Server server,
            UUID owner,
            Map<String, ImportedDevice> known,
            ExistingInterface found,
            List<PeerState> arriving) {
        if (arriving.isEmpty()) {
            return;
        }
        Map<String, Owned> owned = devices(arriving);
        requireUnconnected(owned);
        addDevices(arriving, owner, known, owned);
        List<Integer> hosts = servers.takeAddresses(server.id(), arriving.size());
        List<Arrival> arrivals = new ArrayList<>();
        for (int i = 0; i < arriving.size(); i++) {
            PeerState peer = arriving.get(i);
            arrivals.add(new Arrival(
                    UUID.randomUUID(), peer, owned.get(peer.publicKey().base64()), hosts.get(i)));
        }
        addPeers(server, arrivals);
        adopted.fire(new PeersAdopted(
                server.id(),
                found.incarnation(),
                arrivals.stream()
                        .map(peer -> new PeersAdopted.Adopted(
                                peer.owned().userId(), peer.owned().deviceId(), peer.found()))
                        .toList()));
    }

    /** The platform's own devices with these keys, locked. */
    private Map<String, Owned> devices(List<PeerState> arriving) {
        Map<String, Owned> owned = new HashMap<>();
        sql.list(
                "SELECT id, user_id, public_key FROM devices WHERE public_key = ANY (?) ORDER BY id FOR UPDATE",
                row -> owned.put(row.getString("public_key"), new Owned(Sql.uuid(row, "id"), Sql.uuid(row, "user_id"))),
                arriving.stream().map(peer -> peer.publicKey().base64()).toList());
        return owned;
    }

    /** A device has one connection: which of two would be the wrong one, only its member knows. */
    private void requireUnconnected(Map<String, Owned> owned) {
        if (owned.isEmpty()) {
            return;
        }
        List<String> connected = sql.list(
                """
                SELECT d.public_key FROM devices d JOIN peers p ON p.device_id = d.id
                WHERE d.id = ANY (?) AND p.state <> 'REMOVING' AND p.succeeded_by IS NULL ORDER BY 1 LIMIT ?""",
                row -> row.getString("public_key"),
                owned.values().stream().map(Owned::deviceId).toList(),
                MAX_NAMED);
        if (!connected.isEmpty()) {
            throw new VpnException(AccessError.DEVICE_CONNECTED, String.join(" ", connected));
        }
    }

    private void addDevices(
            List<PeerState> arriving, UUID owner, Map<String, ImportedDevice> known, Map<String, Owned> owned) {
        List<List<Object>> added = new ArrayList<>();
        for (PeerState peer : arriving) {
            String key = peer.publicKey().base64();
            if (!owned.containsKey(key)) {
                Optional<ImportedDevice> device = Optional.ofNullable(known.get(key));
                UUID user = device.flatMap(ImportedDevice::userId).orElse(owner);
                String name = device.flatMap(ImportedDevice::name).orElseGet(() -> nameOf(peer.publicKey()));
                Owned made = new Owned(UUID.randomUUID(), user);
                owned.put(key, made);
                added.add(List.of(made.deviceId(), user, name, key));
            }
        }
        try {
            sql.updateAll(
                    "INSERT INTO devices (id, user_id, name, public_key, created_at) VALUES (?, ?, ?, ?, now())",
                    added);
        } catch (VpnException e) {
            if (Sql.violates(e, "devices_name_key")) {
                throw VpnException.ofField(AccessError.DEVICE_NAME_TAKEN, "devices", null);
            }
            throw e;
        }
    }

    private static String nameOf(WireGuardKey key) {
        return "imported-" + HexFormat.of().formatHex(Arrays.copyOf(key.bytes(), NAME_BYTES));
    }

    /** Active, since the host has them; what their members' allowances add, the writer brings there afterwards. */
    private void addPeers(Server server, List<Arrival> arrivals) {
        Map<UUID, Allowance> allowed = allowances.of(
                arrivals.stream().map(peer -> peer.owned().userId()).collect(Collectors.toSet()));
        AddressBlock ipv4 = server.pools().ipv4();
        AddressBlock ipv6 = server.pools().ipv6();
        List<List<Object>> rows = new ArrayList<>();
        for (Arrival peer : arrivals) {
            Allowance allowance = allowed.get(peer.owned().userId());
            PeerDigest digest = digest(peer.found());
            rows.add(Arrays.asList(
                    peer.id(),
                    server.id(),
                    peer.owned().deviceId(),
                    peer.owned().userId(),
                    peer.found().publicKey().base64(),
                    sealed(peer.id(), peer.found()),
                    peer.host(),
                    ipv4.address(peer.host()),
                    ipv6.address(peer.host()),
                    peer.found().allowedIps(),
                    digest.high(),
                    digest.low(),
                    allowance.kbitPerSecond().orElse(null),
                    allowance.kbitPerSecond().isPresent() ? 1 : 0,
                    allowance.accessEndsAt().orElse(null)));
        }
        sql.updateAll("""
                INSERT INTO peers (id, server_id, device_id, user_id, state, public_key, sealed_preshared_key, host, ipv4,
                                   ipv6, allowed_ips, digest_high, digest_low, kbit_per_second, version, expires_at)
                VALUES (?, ?, ?, ?, 'ACTIVE', ?, ?, ?, ?::inet, ?::inet, ?, ?, ?, ?, ?, ?)""", rows);
        peers.begin(arrivals.stream().map(Arrival::id).toList());
    }

    private void change(UUID id, PeerState peer) {
        PeerDigest digest = digest(peer);
        sql.update("""
                UPDATE peers SET sealed_preshared_key = ?, allowed_ips = ?, digest_high = ?, digest_low = ?
                WHERE id = ?""", sealed(id, peer), peer.allowedIps(), digest.high(), digest.low(), id);
    }

    private static PeerDigest digest(PeerState peer) {
        return PeerDigest.of(peer.publicKey(), peer.presharedKey().orElse(WireGuardKey.NONE), peer.allowedIps());
    }

    private byte[] sealed(UUID id, PeerState peer) {
        return secrets.seal(peer.presharedKey().orElse(WireGuardKey.NONE).bytes(), Peer.presharedKeyPurpose(id));
    }
}
