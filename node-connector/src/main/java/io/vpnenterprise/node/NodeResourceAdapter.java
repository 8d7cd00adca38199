package io.vpnenterprise.node;

import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterInternalException;
import jakarta.resource.spi.UnavailableException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.transaction.xa.XAResource;

/**
 * Owns the sessions: one for each node that anyone asked for, made when it is first asked for, closed when the adapter
 * stops; and the {@link Sampling} of what they have. Made by the container, which names it in {@code ra.xml}; the application never sees it. Thread-safe once started.
 */
public class NodeResourceAdapter implements ResourceAdapter {

    private static final Logger LOG = Logger.getLogger(NodeResourceAdapter.class.getName());

    /** Of all adapters: WildFly makes one for the connections and another for the message-driven beans. */
    private static final Map<MessageEndpointFactory, Endpoint> ENDPOINTS = new ConcurrentHashMap<>();

    private static final int MAX_CALL_DEADLINE_MILLIS = 60_000;
    private static final int MAX_MAX_WAITERS = 10_000;

    private final Map<NodeTarget, NodeSession> sessions = new ConcurrentHashMap<>();
    private final SshSessions ssh = new SshSessions();
    private Integer callDeadlineMillis = 5_000;
    private Integer maxWaiters = 64;
    private volatile boolean started;

    private Sampling sampling;
    private Timer clock;

    /** Milliseconds that a call may take, queueing included: 1 to 60,000, 5,000 by default. */
    public Integer getCallDeadlineMillis() {
        return callDeadlineMillis;
    }

    public void setCallDeadlineMillis(Integer callDeadlineMillis) {
        this.callDeadlineMillis = callDeadlineMillis;
    }

    /** Calls that may wait for one node, the one under way not counted: 0 to 10,000, 64 by default. */
    public Integer getMaxWaiters() {
        return maxWaiters;
    }

    public void setMaxWaiters(Integer maxWaiters) {
        this.maxWaiters = maxWaiters;
    }

    /** @throws ResourceAdapterInternalException when a property is out of its range */
    @Override
    public void start(BootstrapContext context) throws ResourceAdapterInternalException {
        requireRange("callDeadlineMillis", callDeadlineMillis, 1, MAX_CALL_DEADLINE_MILLIS);
        requireRange("maxWaiters", maxWaiters, 0, MAX_MAX_WAITERS);
        sampling = new Sampling(context.getWorkManager(), ENDPOINTS.values());
        try {
            clock = context.createTimer();
        } catch (UnavailableException e) {
            throw new ResourceAdapterInternalException("the container gives no timer", e);
        }
        clock.schedule(tick(sampling), Sampling.TICK.toMillis(), Sampling.TICK.toMillis());
        started = true;
    }

    @Override
    public void stop() {
        started = false;
        if (clock != null) {
            clock.cancel();
        }
        closeSessions();
        ssh.close();
    }

    /** Delivers samples to a message-driven bean from now on. */
    @Override
    public void endpointActivation(MessageEndpointFactory factory, ActivationSpec spec) throws ResourceException {
        if (!(spec instanceof PeerSamplesActivation activation)) {
            throw new NotSupportedException("nodes send nothing but samples of their peers");
        }
        activation.validate();
        Endpoint endpoint = new Endpoint(factory, Duration.ofMillis(activation.getSampleEveryMillis()));
        ENDPOINTS.put(factory, endpoint);
        LOG.log(Level.INFO, "samples are delivered every {0} ms", activation.getSampleEveryMillis());
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory factory, ActivationSpec spec) {
        ENDPOINTS.remove(factory);
    }

    /** Nothing here takes part in a transaction, so there is nothing to recover. */
    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return new XAResource[0];
    }

    /** The container compares configurations, not instances. */
    @Override
    public boolean equals(Object other) {
        return other instanceof NodeResourceAdapter adapter
                && Objects.equals(callDeadlineMillis, adapter.callDeadlineMillis)
                && Objects.equals(maxWaiters, adapter.maxWaiters);
    }

    @Override
    public int hashCode() {
        return Objects.hash(callDeadlineMillis, maxWaiters);
    }

    NodeSession session(NodeTarget target) {
        NodeSession session = sessions.computeIfAbsent(
                target, node -> NodeSession.open(node, ssh, Duration.ofMillis(callDeadlineMillis), maxWaiters));
        if (!started) {
            // Here and not before, so that no session slips in behind stop().
            closeSessions();
            throw new NodeException(NodeException.Reason.UNAVAILABLE, "the resource adapter is not running");
        }
        return session;
    }

    void watch(NodeTarget target, String interfaceName, long epoch, Duration duration) {
        InterfaceSpec.requireName(interfaceName);
        if (duration.isNegative() || duration.compareTo(NodeConnection.MAX_WATCH) > 0) {
            throw new IllegalArgumentException("a watch lasts at most " + NodeConnection.MAX_WATCH);
        }
        sampling.watch(session(target), target, interfaceName, epoch, duration);
    }

    private static TimerTask tick(Sampling sampling) {
        return new TimerTask() {
            @Override
            public void run() {
                try {
                    sampling.tick();
                } catch (RuntimeException e) {
                    // One that leaves would end the timer, and all sampling with it.
                    LOG.log(Level.WARNING, "a tick of the sampling failed", e);
                }
            }
        };
    }

    private void closeSessions() {
        sessions.keySet().forEach(target -> {
            NodeSession session = sessions.remove(target);
            if (session != null) {
                session.close();
            }
        });
    }

    private static void requireRange(String property, Integer value, int least, int most)
            throws ResourceAdapterInternalException {
        if (value == null || value < least || value > most) {
            throw new ResourceAdapterInternalException(
                    property + " is " + value + ", outside " + least + " to " + most);
        }
    }
}
