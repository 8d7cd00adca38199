package io.vpnenterprise.notifications;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Carries what is due: claims it in a short transaction, carries it outside any, notes the end in another. Every node of
 * the cluster does; a claim decides who has which. A node that dies leaves its claims to run out.
 *
 * <p>Each channel has its own {@link Workers}, and each lane a bounded number of them for a short turn, so that a slow
 * receiver holds up only itself.
 */
@Singleton
@jakarta.ejb.Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Dispatcher {

    private static final Logger LOG = Logger.getLogger(Dispatcher.class.getName());

    private static final long PERIOD_MILLIS = 250;

    /** Of one worker; then others get theirs. */
    private static final Duration TURN = Duration.ofSeconds(5);

    /** A lane that was not tried for so long is taken for a good one again. */
    private static final Duration FAILING_FOR = Duration.ofHours(1);

    private static final long IDLE_SECONDS = 30;

    private static final int MOST_ANSWER_LOGGED = 200;

    private final Map<Channel, Workers> workers = new EnumMap<>(Channel.class);

    /** Workers under way, by lane. */
    private final Map<String, Integer> working = new ConcurrentHashMap<>();

    /** Lanes whose last attempt failed, and when. */
    private final Map<String, Instant> failing = new ConcurrentHashMap<>();

    private ExecutorService executor;

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    /** Not the server's default executor: how many threads that has is not ours to say. */
    @Resource
    ManagedThreadFactory threads;

    @Inject
    DeliveryRows rows;

    @Inject
    Couriers couriers;

    @PostConstruct
    void start() {
        startup.done();
        int most = 0;
        for (Channel channel : Channel.values()) {
            int here = couriers.of(channel).workers();
            workers.put(channel, new Workers(here));
            most += here;
        }
        executor = new ThreadPoolExecutor(0, most, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        timers.createIntervalTimer(PERIOD_MILLIS, PERIOD_MILLIS, new TimerConfig("deliveries", false));
    }

    @PreDestroy
    void stop() {
        executor.shutdownNow();
    }

    @Timeout
    void round() {
        try {
            Instant forgotten = Instant.now().minus(FAILING_FOR);
            failing.values().removeIf(since -> since.isBefore(forgotten));
            rows.dueLanes().forEach(this::startWorker);
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "no round of the deliveries: {0}", e.getMessage());
        }
    }

    /** One more in each round while something is due: a lane with much to do soon has all it may have. */
    private void startWorker(DeliveryRows.Lane lane) {
        Courier courier = couriers.of(lane.channel());
        boolean fails = failing.containsKey(lane.name());
        Workers here = workers.get(lane.channel());
        if (working.merge(lane.name(), 1, Integer::sum) > (fails ? 1 : courier.atOnce()) || !here.take(fails)) {
            leave(lane);
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    work(lane, courier, fails);
                } finally {
                    here.giveBack(fails);
                    leave(lane);
                }
            });
        } catch (RejectedExecutionException e) {
            here.giveBack(fails);
            leave(lane);
        }
    }

    private void leave(DeliveryRows.Lane lane) {
        working.computeIfPresent(lane.name(), (name, here) -> here == 1 ? null : here - 1);
    }

    private void work(DeliveryRows.Lane lane, Courier courier, boolean fails) {
        long began = System.nanoTime();
        try {
            while (System.nanoTime() - began < TURN.toNanos()) {
                Optional<Parcel> parcel = rows.claim(lane.name(), courier.lease());
                if (parcel.isEmpty()) {
                    return;
                }
                Outcome outcome = carried(courier, parcel.get());
                note(lane, outcome);
                rows.end(parcel.get(), outcome);
                if (!fails && failing.containsKey(lane.name())) {
                    // From now on it has one of those that failing lanes share.
                    return;
                }
            }
        } catch (RuntimeException e) {
            // Its lease runs out, and it comes again.
            LOG.log(Level.WARNING, "a delivery on lane " + lane.name() + " stays for later", e);
        }
    }

    private void note(DeliveryRows.Lane lane, Outcome outcome) {
        if (outcome instanceof Outcome.Delivered) {
            failing.remove(lane.name());
        } else if (outcome instanceof Outcome.NotYet) {
            failing.put(lane.name(), Instant.now());
        }
    }

    private static Outcome carried(Courier courier, Parcel parcel) {
        if (parcel.over()) {
            return new Outcome.Refused(0, "too late to be of use");
        }
        try {
            Outcome outcome = courier.carry(parcel);
            if (!(outcome instanceof Outcome.Delivered)) {
                LOG.log(Level.INFO, "{0}, attempt {1}: {2} {3}", new Object[] {
                    parcel, parcel.attempt(), outcome.status(), forTheLog(outcome.answer())
                });
            }
            return outcome;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, parcel + " failed on our side", e);
            return new Outcome.NotYet(0, "failed on our side");
        }
    }

    /** A stranger's words: some of them, on one line. */
    private static String forTheLog(String answer) {
        String some = answer.length() > MOST_ANSWER_LOGGED ? answer.substring(0, MOST_ANSWER_LOGGED) : answer;
        return some.replaceAll("[^\\x20-\\x7e]", " ");
    }
}
