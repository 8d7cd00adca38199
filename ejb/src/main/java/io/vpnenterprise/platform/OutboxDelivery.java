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
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Delivers the outbox: one application node of the cluster at a time, about once a second, in batches, to the audit and
 * then to all others. When a batch fails, its events go one by one, and only the one that somebody cannot hear waits.
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

    /** Failures, over half an hour, after which an event needs a person. It is tried again all the same. */
    private static final int ALARM = 10;

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
        metrics.gauges(
                "vpn_outbox_oldest_seconds",
                "Age of the oldest event that is not delivered yet, by state",
                "state",
                rows::oldestByState);
        timers.createIntervalTimer(PERIOD_MILLIS, PERIOD_MILLIS, new TimerConfig("outbox", false));
    }

    @Timeout
    void deliver() {
        try {
            for (int delivered = 0; delivered < MOST; delivered += BATCH) {
                List<Long> due = rows.due(BATCH);
                if (due.isEmpty() || !heard(due, rows::audit) || !heard(due, rows::deliver)) {
                    return;
                }
            }
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "no round of the outbox: {0}", e.getMessage());
        }
    }

    private boolean heard(List<Long> ids, Predicate<List<Long>> delivery) {
        try {
            return delivery.test(ids);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a batch of " + ids.size() + " events failed, now they go one by one", e);
            ids.forEach(id -> heardAlone(id, delivery));
            return true;
        }
    }

    private void heardAlone(long id, Predicate<List<Long>> delivery) {
        try {
            delivery.test(List.of(id));
        } catch (RuntimeException e) {
            int failures = rows.postpone(id);
            LOG.log(
                    failures == ALARM ? Level.SEVERE : Level.WARNING,
                    "event " + id + " was not heard, for the " + failures + ". time",
                    e);
        }
    }
}
