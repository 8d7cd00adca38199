package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.PersistenceException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** The nodes as the database knows them. Whoever wants something of the host itself calls {@link Hosts}. */
@Stateless
public class Nodes {

    private static final Logger LOG = Logger.getLogger(Nodes.class.getName());

    /** Of an error's text: enough for a person, not for a log of its own. */
    private static final int MAX_ERROR = 500;

    /** Interfaces that an event names. */
    private static final int MAX_NAMED = 20;

    @PersistenceContext
    EntityManager entities;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    FleetConfig config;

    @Inject
    ServerRows servers;

    /** Adds a node, unseen until its first reconciliation. */
    public Node add(Caller caller, NodeSpec spec) {
        return add(AuditEvent.by(caller, "node.registered"), spec);
    }

    /** As {@link #add}, for the platform itself. */
    public Node addBySystem(NodeSpec spec) {
        return add(AuditEvent.bySystem("node.registered"), spec);
    }

    private Node add(AuditEvent registered, NodeSpec spec) {
        try {
            Node node = new Node(spec, OffsetDateTime.now());
            entities.persist(node);
            entities.flush();
            outbox.add(registered.on("node", node.id(), node.name()).with("transport", node.transport()));
            LOG.log(Level.INFO, "node {0} registered: {1}", new Object[] {node.id(), node.transport()});
            return node;
        } catch (PersistenceException e) {
            if (Sql.violates(e, "nodes_name_key")) {
                throw VpnException.ofField(FleetError.NODE_NAME_TAKEN, "name", spec.name());
            }
            throw e;
        }
    }

    /** Forgets a node that runs no server. */
    public void remove(Caller caller, UUID id) {
        Node node = require(id);
        try {
            entities.remove(node);
            entities.flush();
            outbox.add(AuditEvent.by(caller, "node.removed").on("node", id, node.name()));
            LOG.log(Level.INFO, "node {0} removed", id);
        } catch (PersistenceException e) {
            if (Sql.violates(e, "servers_node_id_fkey")) {
                throw new VpnException(FleetError.NODE_IN_USE);
            }
            throw e;
        }
    }

    /**
     * Forgets a node that is lost, with its servers; the connections to them end. What its host still has nobody removes:
     * the event says what that is.
     *
     * @throws VpnException {@code NODE_ANSWERS} while it is not stale
     */
    public void forget(Caller caller, UUID id) {
        Node node = require(id);
        boolean stale = sql.first(
                        """
                        SELECT coalesce(last_seen_at, created_at) < now() - make_interval(secs => ?)
                        FROM nodes WHERE id = ? FOR UPDATE""", row -> row.getBoolean(1), config.nodeStaleAfter().toSeconds(), id)
                .orElseThrow(() -> new VpnException(FleetError.NODE_NOT_FOUND, id.toString()));
        if (!stale) {
            throw new VpnException(FleetError.NODE_ANSWERS, node.name());
        }
        List<Server> lost = servers.ofNode(id);
        lost.forEach(server -> servers.close(server.id()));
        entities.clear();
        sql.update("DELETE FROM servers WHERE node_id = ?", id);
        sql.update("DELETE FROM nodes WHERE id = ?", id);
        outbox.add(AuditEvent.by(caller, "node.forgotten")
                .of(AuditEvent.Severity.WARNING)
                .on("node", id, node.name())
                .with("servers", lost.size())
                .with("peers", lost.stream().mapToInt(Server::peerCount).sum())
                .with(
                        "interfaces",
                        lost.stream()
                                .map(Server::interfaceName)
                                .limit(MAX_NAMED)
                                .collect(Collectors.joining(" "))));
        LOG.log(Level.WARNING, "node {0} forgotten, with {1} servers", new Object[] {id, lost.size()});
    }

    public Optional<Node> find(UUID id) {
        return Optional.ofNullable(entities.find(Node.class, id));
    }

    public Node require(UUID id) {
        return find(id).orElseThrow(() -> new VpnException(FleetError.NODE_NOT_FOUND, id.toString()));
    }

    public List<Node> all() {
        return entities.createNamedQuery("Node.all", Node.class).getResultList();
    }

    public Page<Node> page(Page.Request request) {
        List<Node> items = entities.createNamedQuery("Node.all", Node.class)
                .setFirstResult(request.offset())
                .setMaxResults(request.pageSize())
                .getResultList();
        return Page.of(items, count(), request);
    }

    public long count() {
        return sql.first("SELECT count(*) FROM nodes", row -> row.getLong(1)).orElseThrow();
    }

    /** How many nodes answered lately, and how many did not: {@code fresh} and {@code stale}. */
    public Map<String, Long> countByState() {
        Map<String, Long> figures = new TreeMap<>(Map.of("fresh", 0L, "stale", 0L));
        sql.list(
                """
                SELECT CASE WHEN last_seen_at > now() - make_interval(secs => ?) THEN 'fresh' ELSE 'stale' END, count(*)
                FROM nodes GROUP BY 1""",
                row -> figures.put(row.getString(1), row.getLong(2)),
                config.nodeStaleAfter().toSeconds());
        return figures;
    }

    /** Notes that the node answered. */
    public void seen(UUID id) {
        sql.update("UPDATE nodes SET last_seen_at = now(), last_error = NULL WHERE id = ?", id);
    }

    /** Notes why it did not. */
    public void missed(UUID id, String error) {
        String text = String.valueOf(error);
        sql.update(
                "UPDATE nodes SET last_error = ? WHERE id = ?",
                text.substring(0, Math.min(text.length(), MAX_ERROR)),
                id);
    }

    /** The node with the fewest servers. */
    public UUID leastUsed() {
        return sql.first("""
                        SELECT n.id FROM nodes n LEFT JOIN servers s ON s.node_id = n.id
                        GROUP BY n.id ORDER BY count(s.id), n.created_at LIMIT 1""", row -> Sql.uuid(row, "id")).orElseThrow(() -> new VpnException(FleetError.NO_NODE));
    }
}
