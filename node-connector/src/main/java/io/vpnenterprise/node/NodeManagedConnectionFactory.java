package io.vpnenterprise.node;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterAssociation;
import java.io.PrintWriter;
import java.util.Set;
import javax.security.auth.Subject;

/**
 * Makes and matches the container's leases. Made by the container, which names it in {@code ra.xml}.
 *
 * <p>A {@link NodeManagedConnection} is bound to no node, and any of them matches any request. Its handle carries the
 * node's {@link NodeTarget} and finds the session through the adapter at every call, so this is correct; and it is what
 * keeps pools small. Measured with matching by node: a pool of 8 made 1,000 to 2,000 managed connections for 1,000 calls
 * to 20 nodes, since the free ones it holds are seldom of the node that is asked for.
 */
public class NodeManagedConnectionFactory implements ManagedConnectionFactory, ResourceAdapterAssociation {

    private static final long serialVersionUID = 1L;

    private transient NodeResourceAdapter resourceAdapter;
    private transient PrintWriter logWriter;

    @Override
    public Object createConnectionFactory(ConnectionManager manager) {
        return new LeasingConnectionFactory(this, manager);
    }

    /** For use without a container: every connection is made for its caller and destroyed at its close. */
    @Override
    public Object createConnectionFactory() {
        return createConnectionFactory(new UnpooledConnections());
    }

    @Override
    public ManagedConnection createManagedConnection(Subject subject, ConnectionRequestInfo request)
            throws ResourceException {
        if (resourceAdapter == null) {
            throw new jakarta.resource.spi.IllegalStateException("no resource adapter was associated");
        }
        return new NodeManagedConnection(resourceAdapter);
    }

    /** Any one of this adapter's: see above. */
    @Override
    @SuppressWarnings("rawtypes") // as the specification declares it
    public ManagedConnection matchManagedConnections(Set connections, Subject subject, ConnectionRequestInfo request) {
        for (Object connection : connections) {
            if (connection instanceof NodeManagedConnection lease && lease.isOf(resourceAdapter)) {
                return lease;
            }
        }
        return null;
    }

    @Override
    public ResourceAdapter getResourceAdapter() {
        return resourceAdapter;
    }

    @Override
    public void setResourceAdapter(ResourceAdapter adapter) throws ResourceException {
        if (resourceAdapter != null) {
            throw new jakarta.resource.spi.IllegalStateException("a resource adapter was associated already");
        }
        if (!(adapter instanceof NodeResourceAdapter nodes)) {
            throw new ResourceException("not the resource adapter of nodes: " + adapter);
        }
        resourceAdapter = nodes;
    }

    @Override
    public PrintWriter getLogWriter() {
        return logWriter;
    }

    @Override
    public void setLogWriter(PrintWriter logWriter) {
        this.logWriter = logWriter;
    }

    /** Without properties of their own, all factories of an adapter are the same. */
    @Override
    public boolean equals(Object other) {
        return other instanceof NodeManagedConnectionFactory factory && factory.resourceAdapter == resourceAdapter;
    }

    @Override
    public int hashCode() {
        return NodeManagedConnectionFactory.class.hashCode();
    }
}
