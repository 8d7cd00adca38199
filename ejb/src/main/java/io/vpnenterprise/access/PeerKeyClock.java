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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Gives peers fresh preshared keys when theirs are old, and tells their members ahead. Every application node does, and the
 * first one changes a peer.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PeerKeyClock {

    private static final Logger LOG = Logger.getLogger(PeerKeyClock.class.getName());

    private static final long TICK_MILLIS = 5_000;

    /** Of one tick: 20 a second, that 50,000 keys of one day take an hour, and hosts hardly notice. */
    private static final int MOST = 100;

    private final AtomicBoolean ticking = new AtomicBoolean();

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Inject
    PeerKeys keys;

    @Inject
    PeerWriter writer;

    @Inject
    AccessConfig config;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(TICK_MILLIS, TICK_MILLIS, new TimerConfig("peer-keys", false));
    }

    @Timeout
    void tick() {
        if (ticking.compareAndSet(false, true)) {
            try {
                config.peerKeyLife().ifPresent(this::rotate);
            } catch (RuntimeException e) {
                // The database is away; the timer must live until it is back.
                LOG.log(Level.WARNING, "no keys rotate: {0}", e.getMessage());
            } finally {
                ticking.set(false);
            }
        }
    }

    private void rotate(Duration life) {
        keys.older(life, MOST).stream().filter(keys::renewAged).forEach(peer -> {
            LOG.log(Level.INFO, "connection {0} gets a fresh preshared key", peer.id());
            writer.wake(peer.nodeId());
        });
        Duration notice = config.peerKeyNotice();
        if (!notice.isZero() && notice.compareTo(life) < 0) {
            keys.untold(life.minus(notice), MOST)
                    .forEach(peer -> keys.tell(peer, peer.keyedAt().plus(life)));
        }
    }
}
