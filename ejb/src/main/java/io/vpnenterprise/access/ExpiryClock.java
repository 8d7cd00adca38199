package io.vpnenterprise.access;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Ends connections at their instant, not with the next tick: each tick looks for those of the time until the one after, by
 * PostgreSQL's clock, and sets an alarm for each. Every application node does, and the first one ends it; what came due while
 * none was there ends with the first tick.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ExpiryClock {

    private static final Logger LOG = Logger.getLogger(ExpiryClock.class.getName());

    private static final long TICK_MILLIS = 500;

    /** Two ticks, so that one that comes late is no harm. */
    private static final Duration AHEAD = Duration.ofMillis(2 * TICK_MILLIS);

    /** Of one tick; a thousand in half a second are beyond what a host takes anyway. */
    private static final int MOST = 1_000;

    private final Set<UUID> set = ConcurrentHashMap.newKeySet();

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Resource(lookup = "java:comp/DefaultManagedScheduledExecutorService")
    ScheduledExecutorService alarms;

    @Inject
    PeerTerms terms;

    @Inject
    PeerWriter writer;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(TICK_MILLIS, TICK_MILLIS, new TimerConfig("expiries", false));
    }

    @Timeout
    void tick() {
        try {
            List<PeerTerms.Due> due = terms.due(AHEAD, MOST);
            due.stream().filter(peer -> set.add(peer.id())).forEach(this::set);
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "nothing expires: {0}", e.getMessage());
        }
    }

    private void set(PeerTerms.Due peer) {
        try {
            alarms.schedule(() -> ring(peer), peer.in().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The container is stopping, or out of threads: the next tick tries again.
            set.remove(peer.id());
        }
    }

    private void ring(PeerTerms.Due peer) {
        try {
            if (terms.expire(peer.id())) {
                LOG.log(Level.INFO, "connection {0} has expired", peer.id());
                writer.wake(peer.nodeId());
            }
        } catch (RuntimeException e) {
            // The database is away, or busy with the peer: the next tick sets the alarm again.
            LOG.log(Level.WARNING, "connection {0} is left to expire: {1}", new Object[] {peer.id(), e.getMessage()});
        } finally {
            set.remove(peer.id());
        }
    }
}
