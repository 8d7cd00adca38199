package io.vpnenterprise.audit;

import io.vpnenterprise.platform.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.UUID;

/**
 * One line of the log, exactly as it is stored: nothing is parsed, so that one that was altered can be read too. Where
 * somebody put a null into a column that has none, there stands what no genuine entry has.
 *
 * @param sequence from 1, without gaps
 * @param outboxId of the event it was made of
 * @param at null only where somebody put one
 * @param actorId null for the platform itself and for people nobody knows
 * @param details a JSON object of texts
 * @param previous the hash of the entry before, in hexadecimal; zeros for the first
 * @param hash see {@link AuditChain}
 */
public record AuditEntry(
        long sequence,
        long outboxId,
        OffsetDateTime at,
        UUID actorId,
        String actorName,
        String actorMethod,
        String action,
        String severity,
        String targetKind,
        String targetId,
        String targetName,
        UUID subjectId,
        UUID organisationId,
        String address,
        String userAgent,
        String requestId,
        String details,
        String previous,
        String hash) {

    static final String COLUMNS = """
            sequence, outbox_id, at, actor_id, actor_name, actor_method, action, severity, target_kind, target_id,
            target_name, subject_id, organisation_id, address, user_agent, request_id, details, previous, hash""";

    private static final String NULL_TEXT = "\uFFFD";
    private static final String NULL_HASH = "f".repeat(64);

    /** The log's own entry where its end was found touched: the number of no event. */
    static final String HEAD_ALTERED = "audit.head-altered";

    static AuditEntry from(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong("sequence"),
                row.getLong("outbox_id"),
                row.getObject("at", OffsetDateTime.class),
                Sql.uuid(row, "actor_id"),
                text(row, "actor_name"),
                text(row, "actor_method"),
                text(row, "action"),
                text(row, "severity"),
                text(row, "target_kind"),
                text(row, "target_id"),
                text(row, "target_name"),
                Sql.uuid(row, "subject_id"),
                Sql.uuid(row, "organisation_id"),
                text(row, "address"),
                text(row, "user_agent"),
                text(row, "request_id"),
                text(row, "details"),
                hex(row, "previous"),
                hex(row, "hash"));
    }

    private static String text(ResultSet row, String column) throws SQLException {
        String text = row.getString(column);
        return text == null ? NULL_TEXT : text;
    }

    private static String hex(ResultSet row, String column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? NULL_HASH : HexFormat.of().formatHex(bytes);
    }

    /** Whether it is the log's own evidence that its end was touched before it. */
    boolean isEvidence() {
        return action.equals(HEAD_ALTERED) && outboxId < 0;
    }

    AuditEntry hashed(String computed) {
        return new AuditEntry(
                sequence,
                outboxId,
                at,
                actorId,
                actorName,
                actorMethod,
                action,
                severity,
                targetKind,
                targetId,
                targetName,
                subjectId,
                organisationId,
                address,
                userAgent,
                requestId,
                details,
                previous,
                computed);
    }
}
