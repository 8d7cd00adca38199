package io.vpnenterprise.fleet;

import io.vpnenterprise.node.ExistingInterface;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.PersistenceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The short transactions of {@link Servers}, and the addresses that {@code access} takes and gives back. */
@Stateless
public class ServerRows {

    /** Made long ago and still not active: whoever was creating it is gone. Far beyond any host call's deadline. */
    private static final int ABANDONED_AFTER_SECONDS = 60;

    private static final String CANDIDATES = """
            SELECT s.id, s.node_id, s.name, s.region, s.public_key, s.ipv4_pool::text, s.ipv6_pool::text,
                   CASE WHEN n.endpoint_host LIKE '%:%' THEN '[' || n.endpoint_host || ']' ELSE n.endpoint_host END
                       || ':' || s.port AS endpoint,
                   s.mtu, s.capacity, s.peer_count, n.transport = 'SIMULATED' AS simulated, s.weight, s.intake,
                   coalesce(n.last_seen_at > now() - make_interval(secs => ?), false) AS fresh,
                   l.active_peers, l.bytes_per_second, l.sampled_at
            FROM servers s JOIN nodes n ON n.id = s.node_id
            LEFT JOIN server_loads l ON l.server_id = s.id AND l.sampled_at > now() - make_interval(secs => ?)
            WHERE s.status = 'ACTIVE'""";

    private static final String NAME_KEY = "servers_name_key";

    @PersistenceContext
    EntityManager entities;

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    FleetConfig config;

    @Inject
    Outbox outbox;

    @Inject
    Event<ServerClosing> closing;

    public Server add(Node node, ServerSpec spec) {
        WireGuardKeyPair pair = WireGuardKeyPair.generate();
        UUID id = UUID.randomUUID();
        return persist(
                new Server(
                        id,
                        node.id(),
                        spec,
                        keys(id, pair),
                        freePools(spec.capacity(), List.of()),
                        OffsetDateTime.now()),
                spec);
    }

    /** Adds the server that an interface of the node is to become; nothing is done to it. */
    public Server addImported(Node node, ImportSpec spec, ExistingInterface found) {
        List<AddressBlock> networks = ImportSpec.networks(found);
        requireUnused(node, spec.interfaceName());
        requireUnused(node, networks);
        ServerSpec server = spec.toServer(found);
        UUID id = UUID.randomUUID();
        Server added = persist(
                new Server(
                        id,
                        node.id(),
                        server,
                        keys(id, new WireGuardKeyPair(found.spec().privateKey(), found.publicKey())),
                        freePools(server.capacity(), networks),
                        found.spec(),
                        OffsetDateTime.now()),
                server);
        keepFree(id, found);
        return added;
    }

    /** No pool gets addresses in the networks of an imported interface for as long as its server is there. */
    public void keepFree(UUID id, ExistingInterface found) {
        sql.updateAll(
                "INSERT INTO imported_networks (server_id, network) VALUES (?, ?::cidr) ON CONFLICT DO NOTHING",
                ImportSpec.networks(found).stream()
                        .map(network -> List.<Object>of(id, network.toString()))
                        .toList());
    }

    private void requireUnused(Node node, String interfaceName) {
        sql.first(
                        "SELECT name FROM servers WHERE node_id = ? AND interface_name = ?",
                        row -> row.getString("name"),
                        node.id(),
                        interfaceName)
                .ifPresent(name -> {
                    throw new VpnException(FleetError.INTERFACE_TAKEN, name);
                });
    }

    private void requireUnused(Node node, List<AddressBlock> networks) {
        sql.first(
                        """
                        SELECT name FROM servers WHERE node_id = ?
                        AND (ipv4_pool && ANY (?::text[]::inet[]) OR ipv6_pool && ANY (?::text[]::inet[])) LIMIT 1""",
                        row -> row.getString("name"),
                        node.id(),
                        networks.stream().map(AddressBlock::toString).toList(),
                        networks.stream().map(AddressBlock::toString).toList())
                .ifPresent(name -> {
                    throw new VpnException(FleetError.NETWORK_IN_USE, name);
                });
    }

    private Server.Keys keys(UUID id, WireGuardKeyPair pair) {
        return new Server.Keys(
                pair.publicKey().base64(), secrets.seal(pair.privateKey().bytes(), Server.privateKeyPurpose(id)));
    }

    private Server persist(Server server, ServerSpec spec) {
        try {
            entities.persist(server);
            entities.flush();
            return server;
        } catch (PersistenceException e) {
            throw refusal(e, spec);
        }
    }

    /** The imported server is ours from now on; false when it is already, or was given up. */
    public boolean finishImport(UUID id) {
        return sql.update("UPDATE servers SET status = 'ACTIVE' WHERE id = ? AND status = 'IMPORTING'", id) == 1;
    }

    /** Gives an import up, if the server is one: its interface stays as it is, and is not ours. */
    public boolean giveUpImport(AuditEvent deleted, UUID id) {
        Server server = entities.find(Server.class, id, LockModeType.PESSIMISTIC_WRITE);
        if (server == null || server.status() != Server.Status.IMPORTING) {
            return false;
        }
        outbox.add(deleted.on("server", id, server.name()));
        closing.fire(new ServerClosing(id));
        entities.remove(server);
        return true;
    }

    /**
     * Adds the server that is to take another's place: the same, with its own key, port and addresses, and a name of its own
     * until then.
     */
    public Server addSuccessor(Node node, UUID of, int port) {
        Server old = requireOpen(of);
        String name = "successor-" + UUID.randomUUID().toString().substring(0, 8);
        return add(node, new ServerSpec(name, old.region(), port, Optional.of(node.id()), old.capacity()));
    }

    /** A server that takes members. */
    public Server requireOpen(UUID id) {
        Server server = entities.find(Server.class, id);
        if (server == null || server.status() != Server.Status.ACTIVE) {
            throw new VpnException(FleetError.SERVER_NOT_FOUND, id.toString());
        }
        if (server.intake() != Server.Intake.OPEN) {
            throw new VpnException(FleetError.SERVER_CLOSED, server.name());
        }
        return server;
    }

    /** The first port behind this one, or from the beginning, that no server of the node has. */
    public int freePort(UUID nodeId, int behind) {
        return sql.first("""
                        SELECT p FROM generate_series(1024, 65535) p
                        WHERE NOT EXISTS (SELECT 1 FROM servers WHERE node_id = ? AND port = p)
                        ORDER BY p <= ?, p LIMIT 1""", row -> row.getInt(1), nodeId, behind)
                .orElseThrow(() -> new VpnException(FleetError.PORT_TAKEN));
    }

    /** The successor takes the server's name and weight, and members; returns the name. */
    public String replace(UUID id, UUID successor) {
        Stream.of(id, successor).sorted().forEach(this::lockAlone);
        Server old = requireOpen(id);
        sql.update("UPDATE servers SET name = ? WHERE id = ?", retiredName(old), id);
        boolean replaced = sql.update(
                        "UPDATE servers SET name = ?, weight = ?, status = 'ACTIVE' WHERE id = ? AND status = 'CREATING'",
                        old.name(),
                        old.weight(),
                        successor)
                == 1;
        if (!replaced) {
            throw new VpnException(PlatformError.CONFLICT, "the successor is gone; try again");
        }
        return old.name();
    }

    private static String retiredName(Server server) {
        String suffix = "-old-" + server.id().toString().substring(0, 8);
        int most = NodeSpec.MAX_NAME - suffix.length();
        return server.name().substring(0, Math.min(server.name().length(), most)) + suffix;
    }

    /** Lets members in; says so by the event, which is about this server from here on. */
    public void activate(UUID id, AuditEvent created) {
        Server server = entities.find(Server.class, id);
        server.activate();
        outbox.add(created.on("server", id, server.name()).with("region", server.region()));
    }

    /** Changes a server; the interface and the peers on it stay as they are. */
    public void change(Caller caller, UUID id, ServerChange change) {
        Server server = entities.find(Server.class, id, LockModeType.PESSIMISTIC_WRITE);
        if (server == null || server.status() != Server.Status.ACTIVE) {
            throw new VpnException(FleetError.SERVER_NOT_FOUND, id.toString());
        }
        change.capacity().ifPresent(capacity -> requireFits(server, capacity));
        if (change.intake().isPresent() && server.intake() == Server.Intake.DRAINING) {
            throw new VpnException(FleetError.SERVER_DRAINING, server.name());
        }
        AuditEvent changed = AuditEvent.by(caller, "server.changed").on("server", id, server.name());
        for (Map.Entry<String, Object> difference : server.change(change).entrySet()) {
            changed = changed.with(difference.getKey(), difference.getValue());
        }
        try {
            entities.flush();
        } catch (PersistenceException e) {
            if (Sql.violates(e, NAME_KEY)) {
                throw VpnException.ofField(FleetError.SERVER_NAME_TAKEN, "name", server.name());
            }
            throw e;
        }
        outbox.add(changed);
    }

    /** The server takes nobody any more, and those who are there are to leave; returns its name. */
    public String beginDraining(UUID id) {
        require(id);
        return sql.first("""
                        UPDATE servers SET intake = 'DRAINING'
                        WHERE id = ? AND status = 'ACTIVE' AND intake <> 'DRAINING' RETURNING name""", row -> row.getString("name"), id)
                .orElseThrow(() -> new VpnException(FleetError.SERVER_DRAINING, id.toString()));
    }

    /** Ends {@link #beginDraining}; returns the server's name. */
    public String endDraining(UUID id, Server.Intake then) {
        return sql.first(
                        "UPDATE servers SET intake = ? WHERE id = ? AND intake = 'DRAINING' RETURNING name",
                        row -> row.getString("name"),
                        then,
                        id)
                .orElseThrow(() -> new VpnException(FleetError.SERVER_NOT_FOUND, id.toString()));
    }

    private static void requireFits(Server server, int capacity) {
        if (capacity < server.peerCount()) {
            throw VpnException.ofField(FleetError.CAPACITY_IN_USE, "capacity", server.peerCount() + " peers");
        }
        if (!server.pools().ipv4().holds(capacity)) {
            throw VpnException.ofField(
                    FleetError.CAPACITY_BEYOND_POOL,
                    "capacity",
                    server.pools().ipv4().toString());
        }
    }

    /** As {@link #close}, and says so by the event. */
    public Server delete(AuditEvent deleted, UUID id) {
        Server server = close(id);
        outbox.add(deleted.on("server", id, server.name()));
        return server;
    }

    /** Notes that a host had something else than the database says; what, as names and numbers. */
    public void noteRepair(Server server, Map<String, Integer> differences) {
        AuditEvent repaired = AuditEvent.bySystem("server.repaired")
                .of(AuditEvent.Severity.WARNING)
                .on("server", server.id(), server.name());
        for (Map.Entry<String, Integer> difference : differences.entrySet()) {
            repaired = repaired.with(difference.getKey(), difference.getValue());
        }
        outbox.add(repaired);
    }

    /** Takes the server out of service; those who hold something on it let go in the same transaction. */
    public Server close(UUID id) {
        Server server = entities.find(Server.class, id, LockModeType.PESSIMISTIC_WRITE);
        if (server == null) {
            throw new VpnException(FleetError.SERVER_NOT_FOUND, id.toString());
        }
        server.close();
        entities.flush();
        closing.fire(new ServerClosing(id));
        return server;
    }

    public void remove(UUID id) {
        sql.update("DELETE FROM servers WHERE id = ? AND status = 'DELETING'", id);
    }

    /** Servers of a node that somebody began to create or delete and did not finish; all closed now. */
    public List<Server> leftovers(UUID nodeId) {
        OffsetDateTime abandoned = OffsetDateTime.now().minusSeconds(ABANDONED_AFTER_SECONDS);
        return ofNode(nodeId).stream()
                .filter(server -> switch (server.status()) {
                    case ACTIVE, IMPORTING -> false;
                    case DELETING -> true;
                    case CREATING -> server.createdAt().isBefore(abandoned);
                })
                .peek(Server::close)
                .toList();
    }

    public List<Server> ofNode(UUID nodeId) {
        return entities.createNamedQuery("Server.ofNode", Server.class)
                .setParameter("nodeId", nodeId)
                .getResultList();
    }

    /** The servers that members can be sent to, or at least see. */
    public List<ServerCandidate> candidates() {
        return sql.list(
                CANDIDATES,
                ServerRows::candidate,
                config.nodeStaleAfter().toSeconds(),
                config.loadStaleAfter().toSeconds());
    }

    /** The servers in the order in which whoever wants this region, or any, is sent to them. */
    public Page<ServerSelection.Ranked> page(Optional<String> region, Page.Request request) {
        List<ServerSelection.Ranked> all = config.selection(region).ranked(candidates());
        return Page.of(
                all.stream().skip(request.offset()).limit(request.pageSize()).toList(), all.size(), request);
    }

    public ServerCandidate require(UUID id) {
        return sql.first(
                        CANDIDATES + " AND s.id = ?",
                        ServerRows::candidate,
                        config.nodeStaleAfter().toSeconds(),
                        config.loadStaleAfter().toSeconds(),
                        id)
                .orElseThrow(() -> new VpnException(FleetError.SERVER_NOT_FOUND, id.toString()));
    }

    /**
     * Takes a free host number of an active server, in the caller's transaction; others of the same server wait for it.
     * Empty when the server is full or takes nobody.
     */
    public Optional<Integer> takeAddress(UUID serverId) {
        return sql.first("""
                        UPDATE servers SET peer_count = peer_count + 1
                        WHERE id = ? AND status = 'ACTIVE' AND intake = 'OPEN' AND peer_count < capacity
                        RETURNING address_cursor""", row -> row.getInt(1), serverId).map(cursor -> {
            int host = freeHost(serverId, cursor);
            sql.update("UPDATE servers SET address_cursor = ? WHERE id = ?", host, serverId);
            return host;
        });
    }

    /**
     * Locks a server's row in the caller's transaction, which is to lock peers of it next: whoever takes both takes the
     * server first, or two would wait for each other. Whoever removes no peer only keeps the server from being closed.
     */
    public void lockBeforePeers(UUID serverId, boolean removing) {
        sql.first(
                removing
                        ? "SELECT 1 FROM servers WHERE id = ? FOR NO KEY UPDATE"
                        : "SELECT 1 FROM servers WHERE id = ? FOR KEY SHARE",
                row -> true,
                serverId);
    }

    /** As {@link #lockBeforePeers}, against everybody: for whoever locks several peers, in an order of his own. */
    public void lockAlone(UUID serverId) {
        sql.first("SELECT 1 FROM servers WHERE id = ? FOR UPDATE", row -> true, serverId);
    }

    /** Gives a host number back, once no host has it any more. */
    public void giveBackAddress(UUID serverId, int host) {
        if (sql.update("DELETE FROM server_addresses WHERE server_id = ? AND host = ?", serverId, host) == 1) {
            sql.update("UPDATE servers SET peer_count = peer_count - 1 WHERE id = ?", serverId);
        }
    }

    /** The next number nearly always is free; when it is not, the first free one behind the cursor, then before it. */
    private int freeHost(UUID serverId, int cursor) {
        if (addAddress(serverId, cursor + 1)) {
            return cursor + 1;
        }
        int host = sql.first("""
                        SELECT h FROM servers s, generate_series(2, s.capacity + 1) h
                        WHERE s.id = ? AND NOT EXISTS (
                            SELECT 1 FROM server_addresses a WHERE a.server_id = s.id AND a.host = h)
                        ORDER BY h <= ?, h LIMIT 1""", row -> row.getInt(1), serverId, cursor)
                .orElseThrow(() -> new IllegalStateException("peer_count of server " + serverId + " is wrong"));
        addAddress(serverId, host);
        return host;
    }

    /** Takes so many free host numbers of a server that is being imported, in the caller's transaction. */
    public List<Integer> takeAddresses(UUID serverId, int count) {
        List<Integer> hosts = sql.list("""
                        INSERT INTO server_addresses (server_id, host)
                        SELECT s.id, h FROM servers s, generate_series(2, s.capacity + 1) h
                        WHERE s.id = ? AND s.status = 'IMPORTING' AND NOT EXISTS (
                            SELECT 1 FROM server_addresses a WHERE a.server_id = s.id AND a.host = h)
                        ORDER BY h LIMIT ? RETURNING host""", row -> row.getInt("host"), serverId, count);
        if (hosts.size() < count) {
            throw new VpnException(FleetError.SERVER_FULL, serverId.toString());
        }
        sql.update("UPDATE servers SET peer_count = peer_count + ? WHERE id = ?", count, serverId);
        return hosts;
    }

    private boolean addAddress(UUID serverId, int host) {
        return sql.update("""
                        INSERT INTO server_addresses (server_id, host)
                        SELECT id, ? FROM servers WHERE id = ? AND ? <= capacity + 1 ON CONFLICT DO NOTHING""", host, serverId, host) == 1;
    }

    private Server.Pools freePools(int capacity, List<AddressBlock> besides) {
        List<AddressBlock> taken = new ArrayList<>(besides);
        taken.addAll(sql.list("""
                SELECT ipv4_pool::text FROM servers UNION ALL SELECT ipv6_pool::text FROM servers
                UNION ALL SELECT network::text FROM imported_networks""", row -> AddressBlock.parse(row.getString(1))));
        return new Server.Pools(
                config.ipv4Space()
                        .firstFree(AddressBlock.ipv4PrefixFor(capacity), taken)
                        .orElseThrow(() -> new VpnException(FleetError.NO_FREE_POOL, "IPv4")),
                // One link has 64 bits of hosts, whatever the number of peers (RFC 4291, section 2.5.4).
                config.ipv6Space()
                        .firstFree(64, taken)
                        .orElseThrow(() -> new VpnException(FleetError.NO_FREE_POOL, "IPv6")));
    }

    private static RuntimeException refusal(PersistenceException e, ServerSpec spec) {
        if (Sql.violates(e, NAME_KEY)) {
            return VpnException.ofField(FleetError.SERVER_NAME_TAKEN, "name", spec.name());
        }
        if (Sql.violates(e, "servers_interface_key")) {
            return new VpnException(FleetError.INTERFACE_TAKEN);
        }
        if (Sql.violates(e, "servers_port_key")) {
            return VpnException.ofField(FleetError.PORT_TAKEN, "port", String.valueOf(spec.port()));
        }
        if (Sql.violates(e, "servers_ipv4_overlap") || Sql.violates(e, "servers_ipv6_overlap")) {
            // Another server took the same free block a moment ago.
            return new VpnException(PlatformError.CONFLICT, "address pools; try again", e);
        }
        return e;
    }

    private static ServerCandidate candidate(ResultSet row) throws SQLException {
        return new ServerCandidate(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "node_id"),
                row.getString("name"),
                row.getString("region"),
                row.getString("public_key"),
                row.getString("endpoint"),
                row.getString("ipv4_pool"),
                row.getString("ipv6_pool"),
                row.getInt("mtu"),
                row.getInt("capacity"),
                row.getInt("peer_count"),
                row.getBoolean("fresh"),
                row.getBoolean("simulated"),
                row.getInt("weight"),
                Server.Intake.valueOf(row.getString("intake")),
                live(row));
    }

    private static Optional<ServerLoad> live(ResultSet row) throws SQLException {
        Optional<OffsetDateTime> sampledAt = Sql.time(row, "sampled_at");
        return sampledAt.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ServerLoad(row.getInt("active_peers"), row.getLong("bytes_per_second"), sampledAt.get()));
    }
}
