package io.vpnenterprise.platform;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What was asked for and takes a job. The row is the truth: whoever asks adds it in the transaction that makes sense of it,
 * the application nodes take it from there, one run at a time for each subject, and a node that dies leaves it to the others.
 * The server's job repository has the executions, and nobody asks it.
 */
@Stateless
public class JobRuns {

    /** This application node, new with every start. */
    private static final UUID SELF = UUID.randomUUID();

    /** Then it is given up; with the pauses between, after about 5 minutes. */
    private static final int MOST_ATTEMPTS = 8;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
    private static final int MOST_OF_AN_ERROR = 500;

    @Inject
    Sql sql;

    @Inject
    Event<JobRun.Changed> changed;

    /** Asks for a run, which begins once the caller's transaction has committed. */
    public UUID ask(String job, UUID subjectId, Map<String, String> parameters) {
        UUID id = UUID.randomUUID();
        JsonObjectBuilder json = Json.createObjectBuilder();
        parameters.forEach(json::add);
        sql.update(
                "INSERT INTO job_runs (id, job, subject_id, parameters) VALUES (?, ?, ?, ?::jsonb)",
                id,
                job,
                subjectId,
                json.build().toString());
        changed.fire(new JobRun.Changed(id));
        return id;
    }

    /** A run of this subject. */
    public Optional<JobRun> find(UUID subjectId, UUID id) {
        return sql.first("SELECT * FROM job_runs WHERE id = ? AND subject_id = ?", JobRuns::run, id, subjectId)
                .map(this::withSteps);
    }

    /** Those of a subject, the newest first, without their steps. */
    public List<JobRun> list(UUID subjectId, int most) {
        return sql.list(
                "SELECT * FROM job_runs WHERE subject_id = ? ORDER BY asked_at DESC, id LIMIT ?",
                JobRuns::run,
                subjectId,
                most);
    }

    /** Whether a run of this job waits for the subject or is at work on it. */
    public boolean isUnderWay(UUID subjectId, String job) {
        return sql.first(
                        "SELECT 1 FROM job_runs WHERE subject_id = ? AND job = ? AND state IN ('WAITING', 'RUNNING')",
                        row -> true,
                        subjectId,
                        job)
                .isPresent();
    }

    /** Says that this application node lives, and begins anew what a dead one left. */
    public void beat(Duration deadAfter) {
        sql.update("""
                INSERT INTO job_nodes (node, beat_at) VALUES (?, now())
                ON CONFLICT (node) DO UPDATE SET beat_at = excluded.beat_at""", SELF);
        sql.update("DELETE FROM job_nodes WHERE beat_at < now() - make_interval(secs => ?)", deadAfter.toSeconds());
        // Whose row its dying transaction still holds is begun by a later beat; the others must not wait for it.
        sql.update("""
                UPDATE job_runs SET state = 'WAITING', node = NULL
                WHERE id IN (SELECT id FROM job_runs r
                             WHERE state = 'RUNNING' AND NOT EXISTS (SELECT 1 FROM job_nodes n WHERE n.node = r.node)
                             FOR UPDATE SKIP LOCKED)""");
    }

    /** Takes runs that wait, for this application node, as many as it has room for. */
    public List<JobRun> take(int room) {
        // The lock makes sure that two nodes do not take two runs of one subject.
        sql.lock("job_runs");
        int here = sql.first(
                        "SELECT count(*) FROM job_runs WHERE state = 'RUNNING' AND node = ?",
                        row -> row.getInt(1),
                        SELF)
                .orElseThrow();
        return sql.list("""
                UPDATE job_runs SET state = 'RUNNING', node = ?, attempts = attempts + 1,
                                    started_at = coalesce(started_at, now())
                WHERE id IN (SELECT id FROM (SELECT DISTINCT ON (subject_id) id, asked_at FROM job_runs w
                                             WHERE state = 'WAITING' AND not_before <= now()
                                               AND NOT EXISTS (SELECT 1 FROM job_runs o
                                                   WHERE o.subject_id = w.subject_id AND o.state = 'RUNNING')
                                             ORDER BY subject_id, asked_at) AS firsts
                             ORDER BY asked_at LIMIT ?)
                RETURNING *""", JobRuns::run, SELF, Math.max(0, room - here));
    }

    /**
     * Begins a step of a run that this application node has.
     *
     * @throws VpnException {@code CONFLICT} when it has it no more
     */
    public JobRun begin(UUID id, String step) {
        JobRun run = sql.first(
                        "UPDATE job_runs SET step = ? WHERE id = ? AND state = 'RUNNING' AND node = ? RETURNING *",
                        JobRuns::run,
                        step,
                        id,
                        SELF)
                .orElseThrow(() -> new VpnException(PlatformError.CONFLICT, "job " + id));
        sql.update("""
                INSERT INTO job_run_steps (run_id, step, began_at) VALUES (?, ?, clock_timestamp())
                ON CONFLICT (run_id, step) DO UPDATE SET began_at = excluded.began_at, ended_at = NULL""", id, step);
        return run;
    }

    public void end(UUID id, String step) {
        sql.update(
                "UPDATE job_run_steps SET ended_at = clock_timestamp() WHERE run_id = ? AND step = ? AND ended_at IS NULL",
                id,
                step);
    }

    /**
     * Ends a run well, in the caller's transaction, which does the rest of it.
     *
     * @throws VpnException {@code CONFLICT} when this application node has it no more: then the rest must not happen either
     */
    public void done(UUID id) {
        int ended = sql.update("""
                UPDATE job_runs SET state = 'DONE', node = NULL, error = NULL, ended_at = now()
                WHERE id = ? AND state = 'RUNNING' AND node = ?""", id, SELF);
        if (ended == 0) {
            throw new VpnException(PlatformError.CONFLICT, "job " + id);
        }
        // Whoever sees that the run is done sees how long each of its steps took.
        sql.update("UPDATE job_run_steps SET ended_at = clock_timestamp() WHERE run_id = ? AND ended_at IS NULL", id);
        changed.fire(new JobRun.Changed(id));
    }

    /**
     * Notes that an attempt failed; it is tried again after a pause, a few times.
     *
     * @param lasting whether trying again cannot help
     * @return whether it is given up now
     */
    public boolean failed(UUID id, String error, boolean lasting) {
        Optional<Integer> attempts = sql.first(
                "SELECT attempts FROM job_runs WHERE id = ? AND state = 'RUNNING' AND node = ? FOR UPDATE",
                row -> row.getInt(1),
                id,
                SELF);
        if (attempts.isEmpty()) {
            return false;
        }
        changed.fire(new JobRun.Changed(id));
        String told = error.substring(0, Math.min(error.length(), MOST_OF_AN_ERROR));
        if (lasting || attempts.get() >= MOST_ATTEMPTS) {
            sql.update(
                    "UPDATE job_runs SET state = 'FAILED', node = NULL, error = ?, ended_at = now() WHERE id = ?",
                    told,
                    id);
            return true;
        }
        sql.update("""
                UPDATE job_runs SET state = 'WAITING', node = NULL, error = ?,
                                    not_before = now() + make_interval(secs => ?)
                WHERE id = ?""", told, pauseAfter(attempts.get()).toSeconds(), id);
        return false;
    }

    static Duration pauseAfter(int attempts) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 20));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private static JobRun run(ResultSet row) throws SQLException {
        return new JobRun(
                Sql.uuid(row, "id"),
                row.getString("job"),
                Sql.uuid(row, "subject_id"),
                parameters(row.getString("parameters")),
                JobRun.State.valueOf(row.getString("state")),
                row.getInt("attempts"),
                Optional.ofNullable(row.getString("step")),
                Optional.ofNullable(row.getString("error")),
                Sql.time(row, "asked_at").orElseThrow(),
                Sql.time(row, "started_at"),
                Sql.time(row, "ended_at"),
                List.of());
    }

    private JobRun withSteps(JobRun run) {
        return run.with(sql.list(
                "SELECT * FROM job_run_steps WHERE run_id = ? ORDER BY began_at",
                row -> new JobRun.Step(
                        row.getString("step"), Sql.time(row, "began_at").orElseThrow(), Sql.time(row, "ended_at")),
                run.id()));
    }

    private static Map<String, String> parameters(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            JsonObject object = reader.readObject();
            return object.keySet().stream()
                    .collect(Collectors.toMap(name -> name, name -> ((JsonString) object.get(name)).getString()));
        }
    }
}
