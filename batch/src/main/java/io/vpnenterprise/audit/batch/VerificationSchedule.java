package io.vpnenterprise.audit.batch;

import io.vpnenterprise.audit.VerificationRuns;
import io.vpnenterprise.platform.batch.Firings;
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
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Asks for a verification of the audit once a day, and starts {@code verify-audit} for whichever is open: asked for by the
 * clock or by an admin, or left by an application node that died.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class VerificationSchedule {

    private static final Logger LOG = Logger.getLogger(VerificationSchedule.class.getName());

    private static final String JOB = "verify-audit";
    private static final long MILLIS_BETWEEN_LOOKS = 5_000;

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Inject
    Firings firings;

    @Inject
    VerificationRuns runs;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(MILLIS_BETWEEN_LOOKS, MILLIS_BETWEEN_LOOKS, new TimerConfig(JOB, false));
    }

    @Timeout
    void look() {
        try {
            if (firings.isFirst(JOB, Duration.ofDays(1))) {
                runs.askByClock();
            }
            runs.claim().ifPresent(VerificationSchedule::begin);
        } catch (RuntimeException e) {
            // An open verification is taken again when its beat is old; the timer must live.
            LOG.log(Level.WARNING, "no verification of the audit began", e);
        }
    }

    private static void begin(UUID run) {
        Properties parameters = new Properties();
        parameters.setProperty("run", run.toString());
        long execution = BatchRuntime.getJobOperator().start(JOB, parameters);
        LOG.log(Level.INFO, "verification {0} of the audit begins as {1}", new Object[] {run, execution});
    }
}
