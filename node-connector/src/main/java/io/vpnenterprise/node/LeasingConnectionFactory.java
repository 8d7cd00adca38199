package io.vpnenterprise.node;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import java.util.Objects;
import javax.naming.Reference;

/** Asks the container's connection manager for a lease. */
final class LeasingConnectionFactory implements NodeConnectionFactory {

    private static final long serialVersionUID = 1L;

    private final NodeManagedConnectionFactory leases;
    private final ConnectionManager manager;
    private Reference reference;

    LeasingConnectionFactory(NodeManagedConnectionFactory leases, ConnectionManager manager) {
        this.leases = leases;
        this.manager = manager;
    }

    @Override
    public NodeConnection connect(NodeTarget node) {
        Objects.requireNonNull(node, "node is null");
        try {
            return (NodeConnection) manager.allocateConnection(leases, new NodeRequest(node));
        } catch (ResourceException e) {
            throw new NodeException(
                    NodeException.Reason.UNAVAILABLE, "the container refuses a connection: " + e.getMessage(), e);
        }
    }

    @Override
    public void setReference(Reference reference) {
        this.reference = reference;
    }

    @Override
    public Reference getReference() {
        return reference;
    }
}
