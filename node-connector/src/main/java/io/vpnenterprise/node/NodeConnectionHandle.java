package io.vpnenterprise.node;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** What the application holds: a node, and the lease it may use until it closes it or the container takes it back. */
final class NodeConnectionHandle implements NodeConnection {

    private final NodeTarget target;
    private final AtomicReference<NodeManagedConnection> lease = new AtomicReference<>();

    NodeConnectionHandle(NodeTarget target) {
        this.target = target;
    }

    @Override
    public void ensureInterface(InterfaceSpec spec) {
        session().ensureInterface(spec);
    }

    @Override
    public void removeInterface(String interfaceName) {
        session().removeInterface(interfaceName);
    }

    @Override
    public void apply(String interfaceName, List<PeerChange> changes) {
        session().apply(interfaceName, changes);
    }

    @Override
    public Map<WireGuardKey, PeerRate> rates(String interfaceName) {
        return session().rates(interfaceName);
    }

    @Override
    public InterfaceDigest digest(String interfaceName) {
        return session().digest(interfaceName);
    }

    @Override
    public List<PeerDigest> digests(String interfaceName, Set<Integer> ranges) {
        return session().digests(interfaceName, ranges);
    }

    @Override
    public InterfaceState read(String interfaceName) {
        return session().read(interfaceName);
    }

    @Override
    public ExistingInterface describe(String interfaceName) {
        return session().describe(interfaceName);
    }

    @Override
    public void watch(String interfaceName, long epoch, Duration duration) {
        held().watch(target, interfaceName, epoch, duration);
    }

    @Override
    public void check() {
        session().check();
    }

    @Override
    public void close() {
        NodeManagedConnection held = lease.getAndSet(null);
        if (held != null) {
            held.closed(this);
        }
    }

    void attach(NodeManagedConnection to) {
        lease.set(to);
    }

    void detach() {
        NodeManagedConnection held = lease.getAndSet(null);
        if (held != null) {
            held.forget(this);
        }
    }

    private NodeSession session() {
        return held().session(target);
    }

    private NodeManagedConnection held() {
        NodeManagedConnection held = lease.get();
        if (held == null) {
            throw new NodeException(
                    NodeException.Reason.UNAVAILABLE, "the connection was closed, or the container took it back");
        }
        return held;
    }
}
