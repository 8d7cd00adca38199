package io.vpnenterprise.node;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;

/** The connection manager for use without a container, which the specification asks an adapter to bring. */
final class UnpooledConnections implements ConnectionManager {

    private static final long serialVersionUID = 1L;

    @Override
    public Object allocateConnection(ManagedConnectionFactory factory, ConnectionRequestInfo request)
            throws ResourceException {
        ManagedConnection connection = factory.createManagedConnection(null, request);
        connection.addConnectionEventListener(new DestroyAtClose(connection));
        return connection.getConnection(null, request);
    }

    private record DestroyAtClose(ManagedConnection connection) implements ConnectionEventListener {

        @Override
        public void connectionClosed(ConnectionEvent event) {
            try {
                connection.destroy();
            } catch (ResourceException e) {
                throw new IllegalStateException("a lease has nothing that could fail to end", e);
            }
        }

        @Override
        public void localTransactionStarted(ConnectionEvent event) {
            // There are no transactions.
        }

        @Override
        public void localTransactionCommitted(ConnectionEvent event) {
            // There are no transactions.
        }

        @Override
        public void localTransactionRolledback(ConnectionEvent event) {
            // There are no transactions.
        }

        @Override
        public void connectionErrorOccurred(ConnectionEvent event) {
            // Leases do not break.
        }
    }
}
