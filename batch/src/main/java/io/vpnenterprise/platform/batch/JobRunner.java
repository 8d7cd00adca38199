package io.vpnenterprise.platform.batch;

import io.vpnenterprise.platform.JobRun;
import io.vpnenterprise.platform.JobRuns;
import io.vpnenterprise.platform.PlatformConfig;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.batch.operations.BatchRuntimeException;
import jakarta.batch.runtime.BatchRuntime;
import jakarta.batch.runtime.BatchStatus;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.util.EnumSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Starts the jobs of {@link JobRuns} on this application node, as many at once as the setting says: as soon as one is asked
 * for here or another ends, and each second for what others left. With no transaction open.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class JobRunner {

    private static final Logger LOG = Logger.getLogger(JobRunner.class.getName());

    private static final long TICK_MILLIS = 1_000;

    private static final Set<BatchStatus> ENDED =
            EnumSet.of(BatchStatus.COMPLETED, BatchStatus.FAILED, BatchStatus.STOPPED, BatchStatus.ABANDONED);

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Resource
    ManagedExecutorService executor;

    @Inject
    JobRuns runs;

    @Inject
    PlatformConfig config;

    /** What this node has started and not yet seen the end of. */
    private final Map<UUID, Long> executions = new ConcurrentHashMap<>();

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(TICK_MILLIS, TICK_MILLIS, new TimerConfig("jobs", false));
    }

    @Timeout
    void tick() {
        try {
            runs.beat(config.jobNodeDeadAfter());
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "nobody hears that this node lives: {0}", e.getMessage());
            return;
        }
        look();
    }

    private void look() {
        try {
            giveBackLost();
            startWaiting();
        } catch (RuntimeException e) {
            // The database is away, or the server is stopping; the timer must live.
            LOG.log(Level.WARNING, "no job was started: {0}", e.getMessage());
        }
    }

    public void hear(@Observes(during = TransactionPhase.AFTER_SUCCESS) JobRun.Changed changed) {
        try {
            executor.execute(this::look);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.FINE, "the next tick starts it", e);
        }
    }

    /**
     * An execution may end without a word: its database was away when a step began, or when it wanted to say that it had
     * failed. This node lives, so nobody else would begin its run anew.
     */
    private void giveBackLost() {
        executions.forEach((run, execution) -> {
            BatchStatus status =
                    BatchRuntime.getJobOperator().getJobExecution(execution).getBatchStatus();
            if (ENDED.contains(status) && executions.remove(run, execution)) {
                runs.failed(run, "the job ended without an outcome", false);
            }
        });
    }

    private void startWaiting() {
        for (JobRun run : runs.take(config.jobsAtOnce())) {
            Properties parameters = new Properties();
            parameters.setProperty("run", run.id().toString());
            try {
                long execution = BatchRuntime.getJobOperator().start(run.job(), parameters);
                executions.put(run.id(), execution);
                LOG.log(Level.INFO, "{0} of {1} begins as {2}, run {3}", new Object[] {
                    run.job(), run.subjectId(), execution, run.id()
                });
            } catch (BatchRuntimeException e) {
                LOG.log(Level.WARNING, run.job() + " of " + run.subjectId() + " was not started", e);
                runs.failed(run.id(), "the job was not started", false);
            }
        }
    }
}
