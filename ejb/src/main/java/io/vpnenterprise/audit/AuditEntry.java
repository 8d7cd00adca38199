package io.vpnenterprise.audit;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Sql;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.UUID;

/**
 * One line of the log, exactly as it is stored: nothing is parsed, so that one that was altered can be read too.
 *
 * @param sequence from 1, without gaps
 * @param outboxId of the event it was made of
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

    /** Thread-safe, by its contract. */
    private static final Jsonb JSON = JsonbBuilder.create();

    /** The next entry, not hashed yet. */
    static AuditEntry of(AuditEvent event, long outboxId, AuditHead head) {
        return new AuditEntry(
                head.sequence() + 1,
                outboxId,
                // What the database keeps of a time.
                event.at().withOffsetSameInstant(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS),
                event.actor().id(),
                event.actor().name(),
                event.actor().method(),
                event.action(),
                event.severity().name(),
                event.target().kind(),
                event.target().id(),
                event.target().name(),
                event.subjectId(),
                event.organisationId(),
                event.origin().address(),
                event.origin().userAgent(),
                event.origin().requestId(),
                JSON.toJson(new TreeMap<>(event.details())),
                head.hash(),
                "");
    }

    static AuditEntry from(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong("sequence"),
                row.getLong("outbox_id"),
                row.getObject("at", OffsetDateTime.class),
                Sql.uuid(row, "actor_id"),
                row.getString("actor_name"),
                row.getString("actor_method"),
                row.getString("action"),
                row.getString("severity"),
                row.getString("target_kind"),
                row.getString("target_id"),
                row.getString("target_name"),
                Sql.uuid(row, "subject_id"),
                Sql.uuid(row, "organisation_id"),
                row.getString("address"),
                row.getString("user_agent"),
                row.getString("request_id"),
                row.getString("details"),
                HexFormat.of().formatHex(row.getBytes("previous")),
                HexFormat.of().formatHex(row.getBytes("hash")));
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
