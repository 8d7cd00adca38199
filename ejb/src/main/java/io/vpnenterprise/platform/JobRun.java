package io.vpnenterprise.platform;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Something that was asked for and takes a job.
 *
 * @param job the name of its XML
 * @param subjectId what it is about
 * @param attempts how often it was begun
 * @param step the one that runs, or ran last
 * @param error why its last attempt failed, for people to read
 * @param steps those that were begun so far, in their order; empty where nobody asked for them
 */
public record JobRun(
        UUID id,
        String job,
        UUID subjectId,
        Map<String, String> parameters,
        State state,
        int attempts,
        Optional<String> step,
        Optional<String> error,
        OffsetDateTime askedAt,
        Optional<OffsetDateTime> startedAt,
        Optional<OffsetDateTime> endedAt,
        List<Step> steps) {

    /** How far a run is. One that waits may have failed before, and is tried again. */
    public enum State {
        WAITING,
        RUNNING,
        DONE,
        FAILED
    }

    /** A step, as it ran last; it may run yet. */
    public record Step(String name, OffsetDateTime beganAt, Optional<OffsetDateTime> endedAt) {}

    /** Says that a run was asked for, or ended and left its place: fired within the transaction that makes it so. */
    public record Changed(UUID id) {}

    public JobRun {
        parameters = Map.copyOf(parameters);
        steps = List.copyOf(steps);
    }

    JobRun with(List<Step> begun) {
        return new JobRun(
                id, job, subjectId, parameters, state, attempts, step, error, askedAt, startedAt, endedAt, begun);
    }
}
