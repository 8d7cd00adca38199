package io.vpnenterprise.platform.batch;

import io.vpnenterprise.platform.PlatformConfig;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.batch.runtime.BatchRuntime;
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
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Starts {@code housekeeping} once in each period, in the whole cluster, with no transaction open.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class HousekeepingSchedule {

    private static final Logger LOG = Logger.getLogger(HousekeepingSchedule.class.getName());

    private static final String JOB = "housekeeping";
    private static final long MOST_SECONDS_BETWEEN_LOOKS = 60;

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Inject
    PlatformConfig config;

    @Inject
    Firings firings;

    @PostConstruct
    void start() {
        startup.done();
        long millis = 1_000
                * Math.min(
                        MOST_SECONDS_BETWEEN_LOOKS, config.housekeepingEvery().toSeconds());
        timers.createIntervalTimer(millis, millis, new TimerConfig(JOB, false));
    }

    @Timeout
    void fire() {
        try {
            if (firings.isFirst(JOB, config.housekeepingEvery())) {
                long execution = BatchRuntime.getJobOperator().start(JOB, new Properties());
                LOG.log(Level.FINE, "housekeeping started as {0}", execution);
            }
        } catch (RuntimeException e) {
            // The next look tries the next period; the timer must live.
            LOG.log(Level.WARNING, "housekeeping did not start", e);
        }
    }
}
