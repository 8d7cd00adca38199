package io.vpnenterprise.audit;

import io.vpnenterprise.audit.AuditVerification.Damage;
import io.vpnenterprise.audit.AuditVerification.Question;
import io.vpnenterprise.audit.AuditVerification.Touched;
import io.vpnenterprise.audit.AuditVerification.Verdict;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The rows of verifications that nobody waits for: asked for by an admin or the clock, read by a job, one at a time in the
 * cluster. The row is the truth: a job that died leaves it open, and its beat grows old, until another one takes it.
 *
 * <p>Who owns the database can write verdicts too. What he cannot unsay is the line in the server's log.
 */
@Stateless
public class VerificationRuns {

    /** How far a verification is. */
    public enum State {
        WAITING,
        RUNNING,
        WHOLE,
        TOUCHED
    }

    /**
     * A verification.
     *
     * @param question where it begins and what it compares
     * @param touched empty until it is over, and when the log is whole
     * @param entries how many were read so far
     * @param endedAt empty until it is over
     */
    public record Run(
            UUID id,
            State state,
            Question question,
            Optional<Touched> touched,
            long entries,
            OffsetDateTime askedAt,
            Optional<OffsetDateTime> endedAt) {}

    private static final int MOST_LISTED = 100;

    @Inject
    Sql sql;

    @Inject
    AuditConfig config;

    @Inject
    Outbox outbox;

    /**
     * Asks for a verification; while the same one is under way, for that.
     *
     * @throws VpnException {@code VERIFICATION_UNDER_WAY} while another one is
     */
    public UUID ask(Caller caller, Question question) {
        add(question);
        UUID run = sql.first(
                        "SELECT id FROM audit_verifications WHERE ended_at IS NULL AND begins = ? AND anchor = ?",
                        row -> Sql.uuid(row, "id"),
                        text(question.from()),
                        question.anchor().map(AuditHead::anchor).orElse(""))
                .orElseThrow(() -> new VpnException(AuditError.VERIFICATION_UNDER_WAY));
        outbox.add(AuditEvent.by(caller, "audit.verification-asked").on("audit-verification", run, ""));
        return run;
    }

    /** Asks for the verification by the clock, behind what the operator has acknowledged. */
    public void askByClock() {
        sql.update("DELETE FROM audit_verifications WHERE ended_at < now() - interval '90 days'");
        add(new Question(config.acknowledged(), Optional.empty()));
    }

    private void add(Question question) {
        sql.update(
                "INSERT INTO audit_verifications (id, begins, anchor) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                UUID.randomUUID(),
                text(question.from()),
                question.anchor().map(AuditHead::anchor).orElse(""));
    }

    private static String text(AuditHead from) {
        return from.sequence() == 0 ? "" : from.anchor();
    }

    /** Takes the open verification, if nobody reads for it. */
    public Optional<UUID> claim() {
        return sql.first("""
                UPDATE audit_verifications SET beat_at = now()
                WHERE ended_at IS NULL AND (beat_at IS NULL OR beat_at < now() - interval '1 minute')
                RETURNING id""", row -> Sql.uuid(row, "id"));
    }

    /** Says that somebody reads, and how far he is. */
    public void beat(UUID id, long entries) {
        sql.update(
                "UPDATE audit_verifications SET beat_at = now(), entries = ? WHERE id = ? AND ended_at IS NULL",
                entries,
                id);
    }

    /** Stores what was found, once; that somebody touched the log is an event. */
    public void end(UUID id, Verdict verdict) {
        int ended = sql.update(
                """
                UPDATE audit_verifications SET ended_at = now(), entries = ?, touched = ?::bigint, damage = ?::text
                WHERE id = ? AND ended_at IS NULL""",
                verdict.entries(),
                verdict.touched().map(Touched::sequence).orElse(null),
                verdict.touched().map(touched -> touched.damage().name()).orElse(null),
                id);
        if (ended == 1) {
            verdict.touched()
                    .ifPresent(touched -> outbox.add(AuditEvent.bySystem("audit.found-touched")
                            .of(AuditEvent.Severity.CRITICAL)
                            .on("audit-verification", id, "")
                            .with("entry", touched.sequence())
                            .with("damage", touched.damage())));
        }
    }

    /** The newest, the newest first. */
    public List<Run> list() {
        return sql.list(
                "SELECT * FROM audit_verifications ORDER BY asked_at DESC LIMIT ?", VerificationRuns::run, MOST_LISTED);
    }

    public Run require(UUID id) {
        return sql.first("SELECT * FROM audit_verifications WHERE id = ?", VerificationRuns::run, id)
                .orElseThrow(() -> new VpnException(AuditError.VERIFICATION_NOT_FOUND, id.toString()));
    }

    private static Run run(ResultSet row) throws SQLException {
        String damage = row.getString("damage");
        Optional<OffsetDateTime> endedAt = Sql.time(row, "ended_at");
        Optional<Touched> touched = damage == null
                ? Optional.empty()
                : Optional.of(new Touched(row.getLong("touched"), Damage.valueOf(damage)));
        State unended = row.getObject("beat_at") == null ? State.WAITING : State.RUNNING;
        State ended = touched.isPresent() ? State.TOUCHED : State.WHOLE;
        return new Run(
                Sql.uuid(row, "id"),
                endedAt.isPresent() ? ended : unended,
                Question.of(head(row.getString("begins")), head(row.getString("anchor"))),
                touched,
                row.getLong("entries"),
                Sql.time(row, "asked_at").orElseThrow(),
                endedAt);
    }

    private static Optional<AuditHead> head(String anchor) {
        return Optional.of(anchor).filter(text -> !text.isEmpty()).map(AuditHead::parse);
    }
}
