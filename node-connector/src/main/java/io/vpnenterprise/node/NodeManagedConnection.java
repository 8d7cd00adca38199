package io.vpnenterprise.node;

import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionMetaData;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;

/**
 * A lease as the container pools it: no link to any node, only the list of the handles that were given out on it. Why, is
 * told at {@link NodeManagedConnectionFactory}. It cannot break, so it never reports an error to the pool.
 */
final class NodeManagedConnection implements ManagedConnection {

    private final NodeResourceAdapter adapter;
    private final Set<NodeConnectionHandle> handles = ConcurrentHashMap.newKeySet();
    private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();
    private PrintWriter logWriter;

    NodeManagedConnection(NodeResourceAdapter adapter) {
        this.adapter = adapter;
    }

    @Override
    public Object getConnection(Subject subject, ConnectionRequestInfo request) throws ResourceException {
        if (!(request instanceof NodeRequest node)) {
            throw new ResourceException("a connection is asked for with a node");
        }
        NodeConnectionHandle handle = new NodeConnectionHandle(node.target());
        attach(handle);
        return handle;
    }

    @Override
    public void associateConnection(Object connection) throws ResourceException {
        if (!(connection instanceof NodeConnectionHandle handle)) {
            throw new ResourceException("not a connection of this adapter");
        }
        handle.detach();
        attach(handle);
    }

    /** Cuts the handles: who still holds one must not work on another caller's lease. */
    @Override
    public void cleanup() {
        List.copyOf(handles).forEach(NodeConnectionHandle::detach);
    }

    @Override
    public void destroy() {
        cleanup();
    }

    @Override
    public void addConnectionEventListener(ConnectionEventListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeConnectionEventListener(ConnectionEventListener listener) {
        listeners.remove(listener);
    }

    @Override
    public XAResource getXAResource() throws ResourceException {
        throw new NotSupportedException("a host takes no part in transactions");
    }

    @Override
    public LocalTransaction getLocalTransaction() throws ResourceException {
        throw new NotSupportedException("a host takes no part in transactions");
    }

    @Override
    public ManagedConnectionMetaData getMetaData() {
        return new MetaData();
    }

    @Override
    public void setLogWriter(PrintWriter logWriter) {
        this.logWriter = logWriter;
    }

    @Override
    public PrintWriter getLogWriter() {
        return logWriter;
    }

    boolean isOf(NodeResourceAdapter other) {
        return adapter == other;
    }

    NodeSession session(NodeTarget target) {
        return adapter.session(target);
    }

    void watch(NodeTarget target, String interfaceName, long epoch, Duration duration) {
        adapter.watch(target, interfaceName, epoch, duration);
    }

    void forget(NodeConnectionHandle handle) {
        handles.remove(handle);
    }

    /** Tells the container that the application is done with a handle, which it may cut from here on. */
    void closed(NodeConnectionHandle handle) {
        forget(handle);
        ConnectionEvent event = new ConnectionEvent(this, ConnectionEvent.CONNECTION_CLOSED);
        event.setConnectionHandle(handle);
        new ArrayList<>(listeners).forEach(listener -> listener.connectionClosed(event));
    }

    private void attach(NodeConnectionHandle handle) {
        handles.add(handle);
        handle.attach(this);
    }

    private static final class MetaData implements ManagedConnectionMetaData {

        @Override
        public String getEISProductName() {
            return "WireGuard hosts";
        }

        @Override
        public String getEISProductVersion() {
            return "1";
        }

        /** 0: without limit. */
        @Override
        public int getMaxConnections() {
            return 0;
        }

        /** Nodes know no users. */
        @Override
        public String getUserName() {
            return "";
        }
    }
}
