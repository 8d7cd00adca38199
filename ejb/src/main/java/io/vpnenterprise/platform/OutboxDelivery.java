package io.vpnenterprise.platform;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Delivers the outbox: one application node of the cluster at a time, about once a second, each event by itself. */
@Singleton
@jakarta.ejb.Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class OutboxDelivery {

    private static final Logger LOG = Logger.getLogger(OutboxDelivery.class.getName());

    private static final long PERIOD_MILLIS = 1_000;

    /** Of one round; the rest waits for the next. */
    private static final int MOST = 1_000;

    @Inject
    Startup startup;

    @Resource
    TimerService timers;

    @Inject
    OutboxRows rows;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(PERIOD_MILLIS, PERIOD_MILLIS, new TimerConfig("outbox", false));
    }

    @Timeout
    void deliver() {
        try {
            for (int delivered = 0; delivered < MOST; delivered++) {
                long id = rows.next();
                if (id < 0) {
                    return;
                }
                deliver(id);
            }
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "no round of the outbox: {0}", e.getMessage());
        }
    }

    private void deliver(long id) {
        try {
            rows.deliver(id);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "event " + id + " was not heard", e);
            rows.postpone(id);
        }
    }
}
