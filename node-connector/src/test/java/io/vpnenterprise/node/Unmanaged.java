package io.vpnenterprise.node;

import jakarta.resource.ResourceException;

/** The adapter as it works without a container. */
final class Unmanaged implements AutoCloseable {

    private final NodeResourceAdapter adapter = new NodeResourceAdapter();
    private final NodeConnectionFactory factory;

    Unmanaged() {
        NodeManagedConnectionFactory leases = new NodeManagedConnectionFactory();
        // The builds of several people share our test machines.
        adapter.setCallDeadlineMillis(30_000);
        try {
            adapter.start(new Container());
            leases.setResourceAdapter(adapter);
        } catch (ResourceException e) {
            throw new IllegalStateException(e);
        }
        factory = (NodeConnectionFactory) leases.createConnectionFactory();
    }

    NodeConnection connect(NodeTarget target) {
        return factory.connect(target);
    }

    @Override
    public void close() {
        adapter.stop();
    }
}
