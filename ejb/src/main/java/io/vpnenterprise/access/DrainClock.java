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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Lets drains go on, twice a second, and looks every ten seconds whether a server's key is due. */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DrainClock {

    private static final Logger LOG = Logger.getLogger(DrainClock.class.getName());

    private static final long TICK_MILLIS = 500;

    private static final long KEYS_NANOS = 10_000_000_000L;

    private final AtomicBoolean ticking = new AtomicBoolean();
    private volatile long keysAt = System.nanoTime();

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Inject
    Drains drains;

    @Inject
    KeyRotations rotations;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(TICK_MILLIS, TICK_MILLIS, new TimerConfig("drains", false));
    }

    @Timeout
    void tick() {
        // A round of a large server may last for longer than a tick.
        if (ticking.compareAndSet(false, true)) {
            try {
                drains.goOn();
                rotations.deleteRetired();
                if (System.nanoTime() - keysAt > KEYS_NANOS) {
                    keysAt = System.nanoTime();
                    rotations.rotateDue();
                }
            } catch (RuntimeException e) {
                // The database is away; the timer must live until it is back.
                LOG.log(Level.WARNING, "no drain went on: {0}", e.getMessage());
            } finally {
                ticking.set(false);
            }
        }
    }
}
