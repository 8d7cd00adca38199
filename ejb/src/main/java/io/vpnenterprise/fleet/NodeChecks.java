package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Asks nodes whether they work; takes a new SSH key into use once the host accepts it, and admits a node that was clean for
 * the first time.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class NodeChecks {

    private static final Logger LOG = Logger.getLogger(NodeChecks.class.getName());

    @Inject
    Nodes nodes;

    @Inject
    Hosts hosts;

    /**
     * Asks a node at somebody's wish, and admits it.
     *
     * @throws VpnException what is wrong with it
     */
    public void check(UUID id) {
        Node node = ask(nodes.require(id), true);
        passed(node);
    }

    /**
     * Whether the platform asks a node by itself now. One that is enrolling may not know our key yet, and a host shuts out
     * whoever comes with a wrong key too often.
     */
    public boolean due(Node node) {
        return node.admitted() || nodes.mayTry(node.id());
    }

    /**
     * Asks a node, in the course of its reconciliation.
     *
     * @return the node, as it is to be reached from now on
     */
    public Node ask(Node node) {
        return ask(node, node.admitted() && node.nextSshKey().isPresent() && nodes.mayTry(node.id()));
    }

    /** The node's reconciliation was clean. */
    public void passed(Node node) {
        nodes.seen(node.id());
        if (!node.admitted()) {
            nodes.admit(node.id());
        }
    }

    private Node ask(Node node, boolean withNextKey) {
        if (withNextKey && node.nextSshKey().isPresent()) {
            try {
                hosts.checkWithNextKey(node);
                nodes.useNextSshKey(node);
                return nodes.require(node.id());
            } catch (VpnException e) {
                LOG.log(Level.INFO, "node {0}: the new SSH key is not in use yet: {1}", new Object[] {
                    node.id(), e.getMessage()
                });
            }
        }
        hosts.check(node);
        return node;
    }
}
