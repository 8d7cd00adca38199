package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vpnenterprise.node.NodeException.Reason;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAdapterInternalException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NodeManagedConnectionTest {

    private final NodeResourceAdapter adapter = new NodeResourceAdapter();
    private final NodeManagedConnectionFactory factory = new NodeManagedConnectionFactory();
    private final NodeTarget paris = simulated();
    private final NodeTarget tokyo = simulated();

    @BeforeEach
    void start() throws ResourceException {
        adapter.start(new Container());
        factory.setResourceAdapter(adapter);
    }

    @AfterEach
    void stop() {
        adapter.stop();
    }

    @Test
    void matchesAnyNode() throws ResourceException {
        ManagedConnection lease = factory.createManagedConnection(null, new NodeRequest(paris));

        assertThat(factory.matchManagedConnections(Set.of(lease), null, new NodeRequest(tokyo)))
                .isSameAs(lease);
    }

    @Test
    void matchesNoLeaseOfAnotherAdapter() throws ResourceException {
        NodeManagedConnectionFactory foreign = new NodeManagedConnectionFactory();
        foreign.setResourceAdapter(new NodeResourceAdapter());
        ManagedConnection lease = foreign.createManagedConnection(null, new NodeRequest(paris));

        assertThat(factory.matchManagedConnections(Set.of(lease, "no lease"), null, new NodeRequest(paris)))
                .isNull();
    }

    @Test
    void serves1000CallsTo20NodesWithOneManagedConnection() {
        Pool pool = new Pool();
        NodeConnectionFactory connections = (NodeConnectionFactory) factory.createConnectionFactory(pool);
        List<NodeTarget> nodes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            nodes.add(simulated());
        }

        for (int i = 0; i < 1_000; i++) {
            try (NodeConnection node = connections.connect(nodes.get(i % nodes.size()))) {
                node.check();
            }
        }

        assertThat(pool.made).isEqualTo(1);
    }

    @Test
    void bindsEveryHandleToTheNodeItWasAskedForWithOnOneLease() throws ResourceException {
        ManagedConnection lease = factory.createManagedConnection(null, null);
        NodeConnection toParis = (NodeConnection) lease.getConnection(null, new NodeRequest(paris));
        NodeConnection toTokyo = (NodeConnection) lease.getConnection(null, new NodeRequest(tokyo));

        toParis.ensureInterface(new InterfaceSpec("wg0", Keys.random(), 51_820, List.of("10.8.0.1/24"), 1_420));

        assertThat(toParis.read("wg0").listenPort()).isEqualTo(51_820);
        NodeConnectionContract.assertReason(Reason.NO_INTERFACE, () -> toTokyo.read("wg0"));
    }

    @Test
    void cutsItsHandlesAtCleanup() throws ResourceException {
        ManagedConnection lease = factory.createManagedConnection(null, null);
        NodeConnection kept = (NodeConnection) lease.getConnection(null, new NodeRequest(paris));
        kept.check();

        lease.cleanup();

        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, kept::check);
        kept.close();
        // The lease itself goes back to the pool and is as good as new.
        ((NodeConnection) lease.getConnection(null, new NodeRequest(paris))).check();
    }

    @Test
    void takesOverAHandleOfAnotherLease() throws ResourceException {
        ManagedConnection first = factory.createManagedConnection(null, null);
        ManagedConnection second = factory.createManagedConnection(null, null);
        NodeConnection handle = (NodeConnection) first.getConnection(null, new NodeRequest(paris));

        second.associateConnection(handle);

        first.cleanup();
        handle.check();
        second.cleanup();
        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, handle::check);
    }

    @Test
    void attachesACutHandleAgain() throws ResourceException {
        ManagedConnection lease = factory.createManagedConnection(null, null);
        NodeConnection handle = (NodeConnection) lease.getConnection(null, new NodeRequest(paris));
        lease.cleanup();

        lease.associateConnection(handle);

        handle.check();
    }

    @Test
    void tellsTheContainerOnceThatAHandleWasClosed() {
        Pool pool = new Pool();
        NodeConnection handle = ((NodeConnectionFactory) factory.createConnectionFactory(pool)).connect(paris);

        handle.close();
        handle.close();

        assertThat(pool.closed).containsExactly(handle);
        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, handle::check);
    }

    @Test
    void worksWithoutAContainer() {
        NodeConnectionFactory unmanaged = (NodeConnectionFactory) factory.createConnectionFactory();

        try (NodeConnection node = unmanaged.connect(paris)) {
            node.check();
        }
    }

    @Test
    void keepsOneSessionForEqualTargets() {
        NodeTarget same = new NodeTarget(paris.id(), paris.transport(), paris.networkNamespace());

        assertThat(adapter.session(paris)).isSameAs(adapter.session(same)).isNotSameAs(adapter.session(tokyo));
    }

    @Test
    void refusesCallsOnceTheAdapterHasStopped() {
        NodeConnection node = ((NodeConnectionFactory) factory.createConnectionFactory()).connect(paris);
        node.check();

        adapter.stop();

        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, node::check);
    }

    @Test
    void saysThatTheContainerRefused() {
        NodeConnectionFactory connections = (NodeConnectionFactory) factory.createConnectionFactory(new FullPool());

        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, () -> connections.connect(paris));
    }

    @Test
    void takesNoPartInTransactions() throws ResourceException {
        ManagedConnection lease = factory.createManagedConnection(null, null);

        assertThatExceptionOfType(NotSupportedException.class).isThrownBy(lease::getXAResource);
        assertThatExceptionOfType(NotSupportedException.class).isThrownBy(lease::getLocalTransaction);
    }

    @Test
    void startsOnlyWithPropertiesInTheirRange() {
        NodeResourceAdapter other = new NodeResourceAdapter();
        assertThat(other.getCallDeadlineMillis()).isEqualTo(5_000);
        assertThat(other.getMaxWaiters()).isEqualTo(64);

        other.setCallDeadlineMillis(0);
        assertThatExceptionOfType(ResourceAdapterInternalException.class)
                .isThrownBy(() -> other.start(new Container()));
        other.setCallDeadlineMillis(1);
        other.setMaxWaiters(-1);
        assertThatExceptionOfType(ResourceAdapterInternalException.class)
                .isThrownBy(() -> other.start(new Container()));
        assertThat(other).isNotEqualTo(adapter);
    }

    private static NodeTarget simulated() {
        return new NodeTarget(UUID.randomUUID(), NodeTarget.Transport.SIMULATED, Optional.empty());
    }

    /** Pools as the containers do: the free ones are offered, and cleaned up when they come back. */
    private static final class Pool implements ConnectionManager, ConnectionEventListener {
        private static final long serialVersionUID = 1L;

        private final transient Deque<ManagedConnection> free = new ArrayDeque<>();
        private final transient List<Object> closed = new ArrayList<>();
        private int made;

        @Override
        public Object allocateConnection(ManagedConnectionFactory factory, ConnectionRequestInfo request)
                throws ResourceException {
            ManagedConnection connection = factory.matchManagedConnections(new HashSet<>(free), null, request);
            if (connection == null) {
                made++;
                connection = factory.createManagedConnection(null, request);
                connection.addConnectionEventListener(this);
            }
            free.remove(connection);
            return connection.getConnection(null, request);
        }

        @Override
        public void connectionClosed(ConnectionEvent event) {
            closed.add(event.getConnectionHandle());
            ManagedConnection connection = (ManagedConnection) event.getSource();
            try {
                connection.cleanup();
            } catch (ResourceException e) {
                throw new IllegalStateException(e);
            }
            free.add(connection);
        }

        @Override
        public void localTransactionStarted(ConnectionEvent event) {
            throw new AssertionError("no transactions");
        }

        @Override
        public void localTransactionCommitted(ConnectionEvent event) {
            throw new AssertionError("no transactions");
        }

        @Override
        public void localTransactionRolledback(ConnectionEvent event) {
            throw new AssertionError("no transactions");
        }

        @Override
        public void connectionErrorOccurred(ConnectionEvent event) {
            throw new AssertionError("leases do not break");
        }
    }

    private static final class FullPool implements ConnectionManager {
        private static final long serialVersionUID = 1L;

        @Override
        public Object allocateConnection(ManagedConnectionFactory factory, ConnectionRequestInfo request)
                throws ResourceException {
            throw new ResourceException("no free connection");
        }
    }
}
