package io.vpnenterprise.fleet;

import io.vpnenterprise.node.SshKeyPair;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
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

    /** OpenSSH and fail2ban shut out whoever comes with a wrong key more often. */
    private static final int TRY_EVERY_SECONDS = 60;

    @PersistenceContext
    EntityManager entities;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Secrets secrets;

    @Inject
    FleetConfig config;

    @Inject
    ServerRows servers;

    /**
     * Adds a node, unseen until its first reconciliation. One by SSH gets a key of the platform's own, which an admin
     * authorises on its host; it is enrolling until it was clean for the first time.
     */
    public Node add(Caller caller, NodeSpec spec) {
        return add(AuditEvent.by(caller, "node.registered"), spec);
    }

    /** As {@link #add}, for the platform itself. */
    public Node addBySystem(NodeSpec spec) {
        return add(AuditEvent.bySystem("node.registered"), spec);
    }

    private Node add(AuditEvent registered, NodeSpec spec) {
        try {
            Node node = spec.ssh().isPresent() ? bySsh(spec, spec.ssh().get()) : new Node(spec, OffsetDateTime.now());
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

    private Node bySsh(NodeSpec spec, SshAddress address) {
        UUID id = UUID.randomUUID();
        return new Node(id, spec, SshKey.seal(SshKeyPair.generate(), id, address, secrets), OffsetDateTime.now());
    }

    /** Makes a new key of the platform's own for a node by SSH: used once its host accepts it, the old one until then. */
    public Node renewSshKey(Caller caller, UUID id) {
        Node node = lockBySsh(id);
        SshKey next = SshKey.seal(SshKeyPair.generate(), id, node.sshAddress().orElseThrow(), secrets);
        sql.update("""
                UPDATE nodes SET next_ssh_public_key = ?, sealed_next_ssh_key = ?, ssh_tried_at = NULL WHERE id = ?""", next.publicKey().text(), next.sealed(), id);
        outbox.add(AuditEvent.by(caller, "node.ssh-key-renewed")
                .on("node", id, node.name())
                .with("key", next.publicKey().fingerprint()));
        return reread(node);
    }

    /** Pins another key of the host's: after a reinstallation, for one. */
    public Node replaceHostKey(Caller caller, UUID id, String line) {
        Node node = lockBySsh(id);
        SshAddress before = node.sshAddress().orElseThrow();
        SshAddress after = before.withHostKey(SshAddress.hostKey(line));
        sql.update(
                """
                UPDATE nodes SET ssh_host_key = ?, sealed_ssh_key = ?, sealed_next_ssh_key = ?::bytea WHERE id = ?""",
                after.hostKey().text(),
                resealed(node.sshKey(), id, before, after),
                resealed(node.nextSshKey(), id, before, after),
                id);
        outbox.add(AuditEvent.by(caller, "node.host-key-replaced")
                .of(AuditEvent.Severity.WARNING)
                .on("node", id, node.name())
                .with("key", after.hostKey().fingerprint()));
        return reread(node);
    }

    /** Takes a node's next SSH key into use, if it still is that one. */
    public void useNextSshKey(Node node) {
        String next = node.nextSshKey().orElseThrow().publicKey().text();
        int used = sql.update("""
                UPDATE nodes SET ssh_public_key = next_ssh_public_key, sealed_ssh_key = sealed_next_ssh_key,
                                 next_ssh_public_key = NULL, sealed_next_ssh_key = NULL
                WHERE id = ? AND next_ssh_public_key = ?""", node.id(), next);
        if (used == 1) {
            outbox.add(AuditEvent.bySystem("node.ssh-key-changed").on("node", node.id(), node.name()));
            LOG.log(Level.INFO, "node {0}: the new SSH key is in use", node.id());
        }
    }

    /** Whether a key that the host may not know yet may be tried, unasked: once in a while. */
    public boolean mayTry(UUID id) {
        return sql.update("""
                        UPDATE nodes SET ssh_tried_at = now()
                        WHERE id = ? AND (ssh_tried_at IS NULL OR ssh_tried_at < now() - make_interval(secs => ?))""", id, TRY_EVERY_SECONDS) == 1;
    }

    /** Lets members have servers on the node. */
    public void admit(UUID id) {
        sql.first(
                        "UPDATE nodes SET admitted_at = now() WHERE id = ? AND admitted_at IS NULL RETURNING name",
                        row -> row.getString("name"),
                        id)
                .ifPresent(name -> {
                    outbox.add(AuditEvent.bySystem("node.admitted").on("node", id, name));
                    LOG.log(Level.INFO, "node {0} admitted", id);
                });
    }

    private Node lockBySsh(UUID id) {
        Node node = entities.find(Node.class, id, LockModeType.PESSIMISTIC_WRITE);
        if (node == null) {
            throw new VpnException(FleetError.NODE_NOT_FOUND, id.toString());
        }
        if (node.sshAddress().isEmpty()) {
            throw new VpnException(FleetError.NOT_BY_SSH);
        }
        return node;
    }

    private Node reread(Node node) {
        entities.refresh(node);
        return node;
    }

    private byte[] resealed(Optional<SshKey> key, UUID id, SshAddress before, SshAddress after) {
        return key.map(present -> SshKey.seal(present.open(id, before, secrets), id, after, secrets)
                        .sealed())
                .orElse(null);
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

    /** The admitted node with the fewest servers. */
    public UUID leastUsed() {
        return sql.first("""
                        SELECT n.id FROM nodes n LEFT JOIN servers s ON s.node_id = n.id
                        WHERE n.admitted_at IS NOT NULL
                        GROUP BY n.id ORDER BY count(s.id), n.created_at LIMIT 1""", row -> Sql.uuid(row, "id")).orElseThrow(() -> new VpnException(FleetError.NO_NODE));
    }
}
