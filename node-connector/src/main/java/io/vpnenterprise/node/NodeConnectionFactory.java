package io.vpnenterprise.node;

import jakarta.resource.Referenceable;
import java.io.Serializable;

/**
 * The application's door to the WireGuard hosts: looked up in JNDI, one for all nodes.
 *
 * <p>Thread-safe. A connection is a cheap lease on the one session that the adapter keeps for each node; open it for a
 * call or two, in a try-with-resources, and never inside a transaction.
 */
public interface NodeConnectionFactory extends Serializable, Referenceable {

    /**
     * Leases the session of a node, without touching the node.
     *
     * @throws NodeException {@link NodeException.Reason#UNAVAILABLE} when the container refuses a connection
     */
    NodeConnection connect(NodeTarget node);
}
