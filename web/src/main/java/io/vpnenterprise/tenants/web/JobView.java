package io.vpnenterprise.tenants.web;

import io.vpnenterprise.platform.JobRun;
import io.vpnenterprise.tenants.TenantJob;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * A job of a tenant.
 *
 * @param state {@code waiting}, {@code running}, {@code done} or {@code failed}; one that failed waits, and is tried again, a
 *     few times
 * @param step the one that runs, or ran last
 * @param progressPercent of its steps
 * @param error why its last attempt failed
 * @param steps those that were begun so far
 */
public record JobView(
        UUID id,
        String job,
        UUID tenantId,
        String state,
        String step,
        int progressPercent,
        int attempts,
        String error,
        OffsetDateTime askedAt,
        OffsetDateTime startedAt,
        OffsetDateTime endedAt,
        List<StepView> steps) {

    /** A step, and how long it took; absent while it runs. */
    public record StepView(String name, OffsetDateTime beganAt, Double tookMillis) {
        static StepView from(JobRun.Step step) {
            return new StepView(
                    step.name(),
                    step.beganAt(),
                    step.endedAt()
                            .map(end -> Duration.between(step.beganAt(), end).toNanos() / 1_000 / 1_000.0)
                            .orElse(null));
        }
    }

    static JobView from(JobRun run) {
        int all = TenantJob.of(run.job()).steps().size();
        boolean done = run.state() == JobRun.State.DONE;
        long ended =
                run.steps().stream().filter(step -> step.endedAt().isPresent()).count();
        return new JobView(
                run.id(),
                run.job(),
                run.subjectId(),
                run.state().name().toLowerCase(Locale.ROOT),
                run.step().orElse(null),
                done ? 100 : (int) (100 * ended / all),
                run.attempts(),
                run.error().orElse(null),
                run.askedAt(),
                run.startedAt().orElse(null),
                run.endedAt().orElse(null),
                run.steps().stream().map(StepView::from).toList());
    }
}
