package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Creates and deletes servers: database, host, database. What a crash leaves in between is finished by {@link
 * #finishLeftovers}; a failure leaves nothing behind.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Servers {

    private static final Logger LOG = Logger.getLogger(Servers.class.getName());

    private static final String DELETED = "server.deleted";

    private static final int PORTS_TRIED = 3;

    @Inject
    ServerRows rows;

    @Inject
    Nodes nodes;

    @Inject
    Hosts hosts;

    @Inject
    NodeTurns turns;

    /** Creates a server and its interface; when it returns, members can connect. */
    public ServerCandidate create(Caller caller, ServerSpec spec) {
        return create(AuditEvent.by(caller, "server.created"), spec);
    }

    /** As {@link #create}, for the platform itself. */
    public ServerCandidate createBySystem(ServerSpec spec) {
        return create(AuditEvent.bySystem("server.created"), spec);
    }

    private ServerCandidate create(AuditEvent created, ServerSpec spec) {
        Node node = nodes.require(spec.nodeId().orElseGet(nodes::leastUsed));
        if (!node.admitted()) {
            throw new VpnException(FleetError.NODE_NOT_ADMITTED, node.name());
        }
        // A node that does not answer says so before there is a row, which only it could help to take back.
        hosts.check(node);
        Server server = rows.add(node, spec);
        try {
            hosts.ensureInterface(node, server);
            nodes.seen(node.id());
            rows.activate(server.id(), created);
        } catch (RuntimeException e) {
            undo(node, server);
            throw e;
        }
        LOG.log(Level.INFO, "server {0} created on node {1}: {2} port {3}", new Object[] {
            server.id(), node.id(), server.interfaceName(), String.valueOf(server.port())
        });
        return rows.require(server.id());
    }

    /**
     * Deletes a server, its interface and everything on it. It takes no more members from the first moment.
     *
     * @return whether it is gone; if not, another application node writes to the host and removes it within seconds
     * @throws VpnException {@code NODE_UNREACHABLE}: it goes as soon as the node answers
     */
    public boolean delete(Caller caller, UUID id) {
        return delete(AuditEvent.by(caller, DELETED), id);
    }

    /** As {@link #delete}, for the platform itself. */
    public boolean deleteBySystem(UUID id) {
        return delete(AuditEvent.bySystem(DELETED), id);
    }

    /**
     * Creates the server that takes another's place, with a key of its own, on the same node.
     *
     * @param port empty: the next that is free
     * @param replace lets it in, in one transaction: until it returns, nobody is sent to the new server
     * @return the new server
     */
    public UUID succeed(UUID id, Optional<Integer> port, Consumer<Server> replace) {
        port.ifPresent(ServerSpec::requirePort);
        Server old = rows.requireOpen(id);
        Node node = nodes.require(old.nodeId());
        hosts.check(node);
        Server made = port.isPresent() ? make(node, id, port.get()) : makeOnFreePort(node, old);
        try {
            replace.accept(made);
        } catch (RuntimeException e) {
            undo(node, made);
            throw e;
        }
        return made.id();
    }

    private Server makeOnFreePort(Node node, Server old) {
        int port = old.port();
        for (int tried = 1; ; tried++) {
            port = rows.freePort(node.id(), port);
            try {
                return make(node, old.id(), port);
            } catch (VpnException e) {
                // Another program of the host may have the port.
                if (e.code() != FleetError.NODE_REFUSED || tried == PORTS_TRIED) {
                    throw e;
                }
            }
        }
    }

    private Server make(Node node, UUID of, int port) {
        Server server = rows.addSuccessor(node, of, port);
        try {
            hosts.ensureInterface(node, server);
            nodes.seen(node.id());
            return server;
        } catch (RuntimeException e) {
            undo(node, server);
            throw e;
        }
    }

    private boolean delete(AuditEvent deleted, UUID id) {
        if (rows.giveUpImport(deleted, id)) {
            return true;
        }
        Server server = rows.delete(deleted, id);
        Node node = nodes.require(server.nodeId());
        // In the node's turn: a reconciliation under way must not bring the interface back.
        boolean gone = turns.take(node.id(), lease -> finishDeleting(node, server));
        LOG.log(Level.INFO, "server {0} {1}", new Object[] {id, gone ? "deleted" : "is being deleted"});
        return gone;
    }

    /** Finishes what a crash or an unreachable node left of {@link #create} and {@link #delete}. */
    public void finishLeftovers(Node node) {
        rows.leftovers(node.id()).forEach(server -> finishDeleting(node, server));
    }

    private void undo(Node node, Server server) {
        rows.close(server.id());
        try {
            finishDeleting(node, server);
        } catch (VpnException e) {
            // The row stays, closed: the node's next reconciliation removes what there may be on the host.
            LOG.log(Level.WARNING, "server {0} is left to be removed: {1}", new Object[] {server.id(), e.getMessage()});
        }
    }

    private void finishDeleting(Node node, Server server) {
        hosts.removeInterface(node, server);
        rows.remove(server.id());
    }
}
