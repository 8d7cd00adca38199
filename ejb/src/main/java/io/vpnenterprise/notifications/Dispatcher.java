package io.vpnenterprise.notifications;

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
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Carries what is due: claims it in a short transaction, carries it outside any, notes the end in another. Every node of
 * the cluster does; a claim decides who has which. A node that dies leaves its claims to run out.
 *
 * <p>Workers belong to lanes, a bounded number to each, so that one slow receiver holds up only itself.
 */
@Singleton
@jakarta.ejb.Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Dispatcher {

    private static final Logger LOG = Logger.getLogger(Dispatcher.class.getName());

    private static final long PERIOD_MILLIS = 250;

    /** Workers of this node, over all lanes. */
    private static final int MOST_WORKERS = 32;

    /** Of one worker; then others get their turn. */
    private static final int MOST_IN_A_ROW = 50;

    private final Semaphore workers = new Semaphore(MOST_WORKERS);
    private final Map<String, AtomicInteger> working = new ConcurrentHashMap<>();

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Resource
    ManagedExecutorService executor;

    @Inject
    DeliveryRows rows;

    @Inject
    Couriers couriers;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(PERIOD_MILLIS, PERIOD_MILLIS, new TimerConfig("deliveries", false));
    }

    @Timeout
    void round() {
        try {
            rows.dueLanes().forEach(this::startWorker);
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "no round of the deliveries: {0}", e.getMessage());
        }
    }

    /** One more in each round while something is due: a lane with much to do soon has all it may have. */
    private void startWorker(DeliveryRows.Lane lane) {
        Courier courier = couriers.of(lane.channel());
        AtomicInteger here = working.computeIfAbsent(lane.name(), name -> new AtomicInteger());
        if (here.incrementAndGet() > courier.atOnce(lane.name()) || !workers.tryAcquire()) {
            leave(lane);
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    work(lane, courier);
                } finally {
                    workers.release();
                    leave(lane);
                }
            });
        } catch (RejectedExecutionException e) {
            workers.release();
            leave(lane);
        }
    }

    private void leave(DeliveryRows.Lane lane) {
        working.computeIfPresent(lane.name(), (name, here) -> here.decrementAndGet() <= 0 ? null : here);
    }

    private void work(DeliveryRows.Lane lane, Courier courier) {
        try {
            for (int carried = 0; carried < MOST_IN_A_ROW; carried++) {
                Optional<Parcel> parcel = rows.claim(lane.name(), courier.lease());
                if (parcel.isEmpty()) {
                    return;
                }
                rows.end(parcel.get(), carried(courier, parcel.get()));
            }
        } catch (RuntimeException e) {
            // Its lease runs out, and it comes again.
            LOG.log(Level.WARNING, "a delivery on lane " + lane.name() + " stays for later", e);
        }
    }

    private static Outcome carried(Courier courier, Parcel parcel) {
        try {
            Outcome outcome = courier.carry(parcel);
            if (!(outcome instanceof Outcome.Delivered)) {
                LOG.log(Level.INFO, "{0}, attempt {1}: {2} {3}", new Object[] {
                    parcel, parcel.attempt(), outcome.status(), outcome.answer().replaceAll("[^\\x20-\\x7e]", " ")
                });
            }
            return outcome;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, parcel + " failed on our side", e);
            return new Outcome.NotYet(0, "failed on our side");
        }
    }
}
