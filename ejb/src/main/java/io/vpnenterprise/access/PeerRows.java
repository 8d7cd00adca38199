package io.vpnenterprise.access;

import io.vpnenterprise.fleet.AddressBlock;
import io.vpnenterprise.fleet.FleetConfig;
import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.NodeLeases;
import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerCandidate;
import io.vpnenterprise.fleet.ServerClosing;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.fleet.WireGuardKeyPair;
import io.vpnenterprise.identity.AccountClosing;
import io.vpnenterprise.identity.UserRows;
import io.vpnenterprise.node.PeerDigest;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** The short transactions on peers: reserving, confirming, letting go. */
@Stateless
public class PeerRows {

    private static final String SELECT = """
            SELECT p.id, p.server_id, s.node_id, s.interface_name, p.device_id, p.state, p.public_key,
                   p.sealed_preshared_key, p.host, host(p.ipv4) AS ipv4, host(p.ipv6) AS ipv6,
                   p.allowed_ips, p.kbit_per_second, p.replaced_key, p.version, p.version = p.written_version AS written
            FROM peers p JOIN servers s ON s.id = p.server_id""";

    static final String CONNECTED = "vpn.connected";
    static final String DISCONNECTED = "vpn.disconnected";

    /** Another request may take a server's last place between the choice and the taking; after this many it is full. */
    private static final int CHOICES = 3;

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    Outbox outbox;

    @Inject
    ServerRows servers;

    @Inject
    FleetConfig fleet;

    @Inject
    NodeLeases leases;

    @Inject
    UserRows users;

    @Inject
    PeerTerms terms;

    @Inject
    Event<ConnectionEnded> ending;

    /** A peer, and the server it is on. */
    public record Reserved(Peer peer, ServerCandidate server) {}

    /** Whose peer it is: a device, as far as hosts and members see it. */
    public record Holder(UUID deviceId, UUID userId, String deviceName, String publicKey) {}

    /**
     * What the writer confirms at once.
     *
     * @param applied with the version that the host has now
     */
    public record Written(Map<UUID, Long> applied, Collection<UUID> removed, Collection<UUID> refused) {}

    /**
     * Reserves a peer for the device: the one it has, if that is where it wants to be and its node answers, else a new one
     * on the best server; an old one elsewhere lets go, and is removed when its host answers.
     *
     * @param lasting from now on; empty: an end that it has stays
     */
    public Reserved reserve(
            Caller caller,
            Device device,
            Optional<UUID> serverId,
            Optional<String> region,
            Optional<Duration> lasting) {
        Reserved reserved = reserve(caller, device, serverId, region);
        lasting.ifPresent(time -> terms.end(reserved.peer().id(), device.userId(), time));
        return reserved;
    }

    private Reserved reserve(Caller caller, Device device, Optional<UUID> serverId, Optional<String> region) {
        users.requireActive(device.userId());
        // Requests of one device go one after the other.
        sql.first("SELECT 1 FROM devices WHERE id = ? FOR UPDATE", row -> true, device.id())
                .orElseThrow(() -> new VpnException(
                        AccessError.DEVICE_NOT_FOUND, device.id().toString()));
        Optional<Peer> present = findLive(device.id());
        if (present.isPresent()) {
            Optional<ServerCandidate> there = servers.candidates().stream()
                    .filter(server -> server.id().equals(present.get().serverId()) && server.fresh())
                    .filter(server -> serverId.map(server.id()::equals).orElse(true))
                    .filter(server -> region.map(server.region()::equals).orElse(true))
                    .findFirst();
            if (there.isPresent()) {
                return new Reserved(present.get(), there.get());
            }
        }
        return add(caller, device, present, serverId, region);
    }

    /**
     * Marks a peer to be removed from its host and ends its connection; false when that was done already. The peers that it
     * succeeded go with it, or, when it was not the device's member who let go of it, the last of them is the device's own
     * again.
     *
     * @param ended who ends it; completed here and added if there is a connection that ends
     */
    public boolean letGo(UUID peerId, EndReason reason, AuditEvent ended) {
        boolean live = letGoAlone(peerId, reason, ended);
        if (reason.endsOnlyOnePeer()) {
            restorePredecessor(peerId);
        } else {
            predecessors(peerId).forEach(peer -> letGoAlone(peer.id(), reason, ended));
        }
        return live;
    }

    /** The peers that a peer succeeded and that have not left yet, the last one first. */
    public List<Peer> predecessors(UUID peerId) {
        return sql.list(
                SELECT + " WHERE p.succeeded_by = ? AND p.state <> 'REMOVING' ORDER BY p.created_at DESC",
                PeerRows::peer,
                peerId);
    }

    private void restorePredecessor(UUID peerId) {
        predecessors(peerId).stream().map(Peer::id).findFirst().ifPresent(last -> {
            sql.update("UPDATE peers SET succeeded_by = NULL, leaves_at = NULL WHERE id = ?", last);
            sql.update(
                    "UPDATE peers SET succeeded_by = ? WHERE succeeded_by = ? AND state <> 'REMOVING'", last, peerId);
        });
    }

    private boolean letGoAlone(UUID peerId, EndReason reason, AuditEvent ended) {
        boolean live =
                sql.update("UPDATE peers SET state = 'REMOVING' WHERE id = ? AND state <> 'REMOVING'", peerId) == 1;
        sql.first(
                        """
                        UPDATE connections SET disconnected_at = now(), end_reason = ?
                        WHERE id = ? AND disconnected_at IS NULL RETURNING user_id, device_name, server_name""",
                        row -> ended.on("connection", peerId, row.getString("server_name"))
                                .concerning(Sql.uuid(row, "user_id"))
                                .with("device", row.getString("device_name"))
                                .with("reason", reason.label()),
                        reason.label(),
                        peerId)
                .ifPresent(outbox::add);
        ending.fire(new ConnectionEnded(peerId, reason.label()));
        return live;
    }

    /** The device's one peer that is wanted and was not succeeded by another. */
    public Optional<Peer> findLive(UUID deviceId) {
        return sql.first(
                SELECT + " WHERE p.device_id = ? AND p.state <> 'REMOVING' AND p.succeeded_by IS NULL",
                PeerRows::peer,
                deviceId);
    }

    public Optional<Peer> findLiveOf(UUID userId, UUID peerId) {
        return sql.first(
                SELECT + " WHERE p.user_id = ? AND p.id = ? AND p.state <> 'REMOVING'", PeerRows::peer, userId, peerId);
    }

    /** A server's active peers that have a rate, as the host has them. */
    public List<Peer> rated(UUID serverId) {
        return sql
                .list(
                        SELECT
                                + " WHERE p.server_id = ? AND p.kbit_per_second IS NOT NULL AND p.state = 'ACTIVE'"
                                + " AND p.version = p.written_version",
                        PeerRows::peer,
                        serverId)
                .stream()
                .filter(peer -> peer.rate().isPresent())
                .toList();
    }

    /** Whatever a server has of a key, a live peer first. */
    public Optional<Peer> findByKey(UUID serverId, String publicKey) {
        return sql.first(
                SELECT + " WHERE p.server_id = ? AND p.public_key = ? ORDER BY p.state = 'REMOVING' LIMIT 1",
                PeerRows::peer,
                serverId,
                publicKey);
    }

    public Optional<Peer> find(UUID peerId) {
        return sql.first(SELECT + " WHERE p.id = ?", PeerRows::peer, peerId);
    }

    /** What the writer has to do on a node, removals first: a key or address that returns must not be removed again. */
    public List<Peer> toWrite(UUID nodeId, int most) {
        return sql.list(SELECT + """
                         WHERE s.node_id = ? AND s.status = 'ACTIVE'
                          AND (p.state <> 'ACTIVE' OR p.version <> p.written_version)
                        ORDER BY p.state DESC, p.created_at LIMIT ?""", PeerRows::peer, nodeId, most);
    }

    /** Of these peers, those that their host must have for good. */
    public List<Peer> active(Collection<UUID> ids) {
        return sql.list(SELECT + " WHERE p.id = ANY (?) AND p.state = 'ACTIVE'", PeerRows::peer, ids);
    }

    /** Peers of a server of which nobody has made a digest yet. */
    public List<Peer> undigested(UUID serverId, int most) {
        return sql.list(
                SELECT + " WHERE p.server_id = ? AND p.digest_high IS NULL LIMIT ?", PeerRows::peer, serverId, most);
    }

    /**
     * Confirms what a host took, all in one commit. A peer that changed meanwhile is left as it is, for the next round.
     *
     * @return the peers that are confirmed; empty, with nothing changed, when another application node has the lease by
     *     now
     */
    public Optional<Set<UUID>> confirm(NodeLeases.Lease lease, UUID serverId, Written written) {
        if (!leases.stillHeld(lease)) {
            return Optional.empty();
        }
        servers.lockBeforePeers(serverId, !written.removed().isEmpty());
        Set<UUID> confirmed = new HashSet<>();
        if (!written.applied().isEmpty()) {
            record Active(UUID id, byte[] sealedAsked) {}
            List<String> begun = new ArrayList<>();
            sql.list(
                            """
                            UPDATE peers p SET state = 'ACTIVE', written_version = w.version
                            FROM unnest(?, ?) AS w (id, version) WHERE p.id = w.id AND p.state = 'PENDING'
                            RETURNING p.id, coalesce(p.sealed_asked, '') AS sealed_asked""",
                            row -> new Active(Sql.uuid(row, "id"), row.getBytes("sealed_asked")),
                            written.applied().keySet(),
                            written.applied().values())
                    .forEach(active -> {
                        confirmed.add(active.id());
                        begin(List.of(active.id()));
                        begun.add(asked(active.id(), active.sealedAsked()));
                    });
            // The member asked, the writer does it, perhaps in another process: it is his event, true from now on.
            outbox.addPromised(AuditEvent.class, begun);
            confirmed.addAll(sql.list(
                    """
                    UPDATE peers p SET written_version = w.version, replaced_key = NULL
                    FROM unnest(?, ?) AS w (id, version)
                    WHERE p.id = w.id AND p.state = 'ACTIVE' AND p.version = w.version RETURNING p.id""",
                    row -> Sql.uuid(row, "id"),
                    written.applied().keySet(),
                    written.applied().values()));
        }
        if (!written.refused().isEmpty()) {
            sql.update("UPDATE peers SET state = 'REMOVING' WHERE id = ANY (?)", written.refused());
            written.refused().forEach(this::restorePredecessor);
        }
        if (!written.removed().isEmpty()) {
            record Gone(UUID id, int host) {}
            sql.list(
                            "DELETE FROM peers WHERE id = ANY (?) AND state = 'REMOVING' RETURNING id, host",
                            row -> new Gone(Sql.uuid(row, "id"), row.getInt("host")),
                            written.removed())
                    .forEach(gone -> {
                        confirmed.add(gone.id());
                        servers.giveBackAddress(serverId, gone.host());
                    });
        }
        return Optional.of(confirmed);
    }

    /** A server goes, and with it, by the database's own rule, its peers; their connections end here. */
    public void endConnections(@Observes ServerClosing closing) {
        sql.list("SELECT id FROM peers WHERE server_id = ?", row -> Sql.uuid(row, "id"), closing.serverId())
                .forEach(peerId -> letGo(peerId, EndReason.SERVER_DELETED, AuditEvent.bySystem(DISCONNECTED)));
    }

    /**
     * An account is shut out or goes: what it has on hosts is to go. No connection of it begins meanwhile, since reserving
     * asks for an active account first.
     */
    public void endConnections(@Observes AccountClosing closing) {
        letGoAll(closing.userId(), EndReason.ACCOUNT_CLOSED);
    }

    /** Ends all that a user has; returns the nodes that have something to let go. */
    public Set<UUID> letGoAll(UUID userId, EndReason reason) {
        record Live(UUID id, UUID serverId, UUID nodeId) {}
        List<Live> peers = sql.list(
                """
                SELECT p.id, p.server_id, s.node_id FROM peers p JOIN servers s ON s.id = p.server_id
                WHERE p.user_id = ? AND p.state <> 'REMOVING'""",
                row -> new Live(Sql.uuid(row, "id"), Sql.uuid(row, "server_id"), Sql.uuid(row, "node_id")),
                userId);
        // In one order, and against all who write peers there: several peers are locked next.
        peers.stream().map(Live::serverId).distinct().sorted().forEach(servers::lockAlone);
        peers.forEach(peer -> letGo(peer.id(), reason, AuditEvent.bySystem(DISCONNECTED)));
        return peers.stream().map(Live::nodeId).collect(Collectors.toSet());
    }

    /** What hosts may still have of a user. */
    public List<Peer> leaving(UUID userId) {
        return sql.list(SELECT + " WHERE p.user_id = ? AND p.state = 'REMOVING'", PeerRows::peer, userId);
    }

    /** Notes that somebody took the configuration of a connection that was there. */
    public void noteShown(Caller caller, Peer peer) {
        outbox.add(AuditEvent.by(caller, "vpn.configuration-shown").on("connection", peer.id(), peer.interfaceName()));
    }

    /** The connections of these peers begin. */
    public void begin(Collection<UUID> peerIds) {
        sql.update("""
                INSERT INTO connections (id, user_id, device_id, device_name, server_id, server_name, region, connected_at)
                SELECT p.id, p.user_id, p.device_id, coalesce(d.name, ''), s.id, s.name, s.region, now()
                FROM peers p JOIN servers s ON s.id = p.server_id LEFT JOIN devices d ON d.id = p.device_id
                WHERE p.id = ANY (?) ON CONFLICT (id) DO NOTHING""", peerIds);
    }

    private String asked(UUID peerId, byte[] sealed) {
        try {
            return new String(secrets.open(sealed, askedPurpose(peerId)), StandardCharsets.UTF_8);
        } catch (IllegalStateException e) {
            // Somebody wrote into the row who has no key; the host has the peer all the same.
            return outbox.promise(AuditEvent.bySystem(CONNECTED)
                    .of(AuditEvent.Severity.CRITICAL)
                    .on("connection", peerId, "")
                    .with("asked-by", "somebody who is not proved"));
        }
    }

    private static String askedPurpose(UUID peerId) {
        return "peers.sealed_asked/" + peerId;
    }

    private Reserved add(
            Caller caller, Device device, Optional<Peer> before, Optional<UUID> serverId, Optional<String> region) {
        terms.requireRoom(device.userId(), device.id());
        for (int choice = 1; ; choice++) {
            ServerCandidate server = serverId.isPresent() ? requireUsable(serverId.get()) : choose(region);
            if (before.isPresent() && before.get().serverId().equals(server.id())) {
                // It did not find room where it wants to be the last time either.
                return new Reserved(before.get(), server);
            }
            Optional<Integer> host = servers.takeAddress(server.id());
            if (host.isPresent()) {
                // Not sooner: everybody locks a server before its peers.
                before.ifPresent(peer -> letGo(peer.id(), EndReason.MOVED, AuditEvent.by(caller, DISCONNECTED)));
                Holder holder = new Holder(device.id(), device.userId(), device.name(), device.publicKey());
                AuditEvent connected = AuditEvent.by(caller, CONNECTED);
                return new Reserved(insert(connected, UUID.randomUUID(), holder, server, host.get()), server);
            }
            if (serverId.isPresent()) {
                throw new VpnException(FleetError.SERVER_FULL, server.name());
            }
            if (choice == CHOICES) {
                throw new VpnException(AccessError.NO_SERVER_AVAILABLE);
            }
        }
    }

    private ServerCandidate requireUsable(UUID serverId) {
        ServerCandidate server = servers.require(serverId);
        if (!server.fresh()) {
            throw new VpnException(FleetError.NODE_UNREACHABLE, server.name());
        }
        if (server.intake() != Server.Intake.OPEN) {
            throw new VpnException(FleetError.SERVER_CLOSED, server.name());
        }
        return server;
    }

    private ServerCandidate choose(Optional<String> region) {
        return fleet.selection(region)
                .pick(servers.candidates(), ThreadLocalRandom.current())
                .orElseThrow(() -> new VpnException(AccessError.NO_SERVER_AVAILABLE));
    }

    /**
     * Adds a peer at an address that was taken for it; the writer brings it to the host.
     *
     * @param asked who wants it; completed here, and true once the host has the peer
     */
    public Peer insert(AuditEvent asked, UUID id, Holder holder, ServerCandidate server, int host) {
        WireGuardKey presharedKey = WireGuardKeyPair.presharedKey();
        String ipv4 = AddressBlock.parse(server.ipv4Pool()).address(host);
        String ipv6 = AddressBlock.parse(server.ipv6Pool()).address(host);
        PeerDigest digest =
                PeerDigest.of(WireGuardKey.ofBase64(holder.publicKey()), presharedKey, Peer.allowedIps(ipv4, ipv6));
        AuditEvent connected = asked.on("connection", id, server.name())
                .with("device", holder.deviceName())
                .with("region", server.region());
        sql.update(
                """
                INSERT INTO peers (id, server_id, device_id, user_id, state, public_key, sealed_preshared_key, host,
                                   ipv4, ipv6, digest_high, digest_low, sealed_asked)
                VALUES (?, ?, ?, ?, 'PENDING', ?, ?, ?, ?::inet, ?::inet, ?, ?, ?)""",
                id,
                server.id(),
                holder.deviceId(),
                holder.userId(),
                holder.publicKey(),
                secrets.seal(presharedKey.bytes(), Peer.presharedKeyPurpose(id)),
                host,
                ipv4,
                ipv6,
                digest.high(),
                digest.low(),
                secrets.seal(outbox.promise(connected).getBytes(StandardCharsets.UTF_8), askedPurpose(id)));
        terms.settle(id, holder.userId());
        return find(id).orElseThrow();
    }

    private static List<String> texts(java.sql.Array array) {
        try {
            return List.of((String[]) array.getArray());
        } catch (SQLException e) {
            throw Sql.failure(e);
        }
    }

    private static Peer peer(ResultSet row) throws SQLException {
        return new Peer(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "server_id"),
                Sql.uuid(row, "node_id"),
                row.getString("interface_name"),
                Sql.uuid(row, "device_id"),
                Peer.State.valueOf(row.getString("state")),
                row.getString("public_key"),
                row.getBytes("sealed_preshared_key"),
                row.getInt("host"),
                row.getString("ipv4"),
                row.getString("ipv6"),
                Optional.ofNullable(row.getArray("allowed_ips")).map(PeerRows::texts),
                Optional.ofNullable(row.getObject("kbit_per_second", Integer.class)),
                Optional.ofNullable(row.getString("replaced_key")),
                row.getLong("version"),
                row.getBoolean("written"));
    }
}
