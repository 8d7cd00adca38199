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
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Delivers the outbox: one application node of the cluster at a time, about once a second, in batches. When a batch fails,
 * its events go one by one, and only the one that nobody can hear waits.
 */
@Singleton
@jakarta.ejb.Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class OutboxDelivery {

    private static final Logger LOG = Logger.getLogger(OutboxDelivery.class.getName());

    private static final long PERIOD_MILLIS = 1_000;

    /** Of one transaction: enough that its commit is shared, few enough that it is short. */
    private static final int BATCH = 250;

    /** Of one round; the rest waits for the next. */
    private static final int MOST = 20_000;

    @Inject
    Startup startup;

    @Resource
    TimerService timers;

    @Inject
    OutboxRows rows;

    @Inject
    Metrics metrics;

    @PostConstruct
    void start() {
        startup.done();
        metrics.gauges("vpn_outbox_events", "Events that are not delivered yet, by state", "state", rows::countByState);
        timers.createIntervalTimer(PERIOD_MILLIS, PERIOD_MILLIS, new TimerConfig("outbox", false));
    }

    @Timeout
    void deliver() {
        try {
            for (int delivered = 0; delivered < MOST; delivered += BATCH) {
                List<Long> due = rows.due(BATCH);
                if (due.isEmpty() || !deliver(due)) {
                    return;
                }
            }
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "no round of the outbox: {0}", e.getMessage());
        }
    }

    private boolean deliver(List<Long> ids) {
        try {
            return rows.deliver(ids);
        } catch (RuntimeException e) {
            LOG.log(Level.FINE, "one of " + ids.size() + " events was not heard", e);
            ids.forEach(this::deliverAlone);
            return true;
        }
    }

    private void deliverAlone(long id) {
        try {
            rows.deliver(List.of(id));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "event " + id + " was not heard", e);
            rows.postpone(id);
        }
    }
}
