package io.vpnenterprise.query;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.tenants.TenantSession;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** What members ran and run: the rows that history and cancelling are made of. Each call is a short transaction. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class QueryRows {

    /** How a query ended, or that it did not yet. */
    public enum Outcome {
        RUNNING,
        DONE,
        FAILED,
        CANCELLED,
        TIMED_OUT,
        /** Its application node died. */
        UNKNOWN
    }

    /**
     * A query of a member.
     *
     * @param hash SHA-256 of its text, as the audit has it
     * @param rows that it gave or changed
     */
    public record Run(
            UUID id,
            String sql,
            String hash,
            String role,
            Outcome outcome,
            Optional<String> sqlState,
            Optional<Long> rows,
            OffsetDateTime beganAt,
            Optional<OffsetDateTime> endedAt) {}

    /** The server process that works on a query. */
    public record Backend(UUID userId, int pid, OffsetDateTime start) {
        static Backend of(Caller caller, TenantSession session) {
            return new Backend(caller.userId(), session.backendPid(), session.backendStart());
        }
    }

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Secrets secrets;

    /** Notes that a query begins, in the audit, too: whatever becomes of us then, it is known. */
    public void begin(Caller caller, TenantSession session, Backend backend, QueryRequest request) {
        byte[] text = request.sql().getBytes(StandardCharsets.UTF_8);
        String hash = HexFormat.of().formatHex(Secrets.hash(request.sql()));
        int added = sql.update(
                """
                INSERT INTO tenant_queries (id, tenant_id, user_id, sealed_sql, sql_hash, role, backend_pid, backend_start)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING""",
                request.id(),
                session.tenantId(),
                caller.userId(),
                secrets.seal(text, sealedFor(request.id())),
                hash,
                session.role(),
                backend.pid(),
                backend.start());
        if (added == 0) {
            throw VpnException.ofField(QueryError.QUERY_ID_USED, "id", null);
        }
        outbox.add(AuditEvent.by(caller, "tenant.query-run")
                .on("tenant", session.tenantId(), "")
                .with("query", request.id())
                .with("sha256", hash)
                .with("role", session.role().label()));
    }

    /**
     * Notes how a query ended, once, in the audit, too.
     *
     * @param outcome as its session saw it, which cannot tell a cancel from another failure
     * @return how it ended
     */
    public Outcome end(Caller caller, UUID tenantId, UUID id, Outcome outcome, String sqlState, long rows) {
        Optional<Ended> ended = sql.first(
                """
                UPDATE tenant_queries SET sqlstate = ?::text, rows = ?, ended_at = clock_timestamp(),
                    outcome = CASE WHEN cancel_asked_at IS NOT NULL AND ? <> 'DONE' THEN 'CANCELLED' ELSE ? END
                WHERE id = ? AND outcome = 'RUNNING'
                RETURNING outcome, sql_hash, (extract(epoch FROM ended_at - began_at) * 1000)::bigint AS millis""",
                row -> new Ended(
                        Outcome.valueOf(row.getString("outcome")), row.getString("sql_hash"), row.getLong("millis")),
                sqlState,
                rows,
                outcome,
                outcome,
                id);
        ended.ifPresent(it -> outbox.add(AuditEvent.by(caller, "tenant.query-ended")
                .on("tenant", tenantId, "")
                .with("query", id)
                .with("sha256", it.hash())
                .with("outcome", it.outcome().name().toLowerCase(Locale.ROOT))
                .with("rows", rows)
                .with("millis", it.millis())));
        return ended.map(Ended::outcome).orElse(outcome);
    }

    private record Ended(Outcome outcome, String hash, long millis) {}

    /** The process of one that runs. */
    public Optional<Backend> backend(UUID tenantId, UUID id) {
        return sql.first(
                "SELECT * FROM tenant_queries WHERE id = ? AND tenant_id = ? AND outcome = 'RUNNING'",
                row -> new Backend(
                        Sql.uuid(row, "user_id"),
                        row.getInt("backend_pid"),
                        Sql.time(row, "backend_start").orElseThrow()),
                id,
                tenantId);
    }

    public void noteCancelled(Caller caller, UUID tenantId, UUID id) {
        sql.update("UPDATE tenant_queries SET cancel_asked_at = now() WHERE id = ? AND outcome = 'RUNNING'", id);
        outbox.add(AuditEvent.by(caller, "tenant.query-cancelled")
                .on("tenant", tenantId, "")
                .with("query", id));
    }

    /** The member's own, the newest first. */
    public Page<Run> history(Caller caller, UUID tenantId, Page.Request request) {
        return Page.of(
                sql.list("""
                        SELECT * FROM tenant_queries WHERE tenant_id = ? AND user_id = ?
                        ORDER BY began_at DESC, id LIMIT ? OFFSET ?""", this::run, tenantId, caller.userId(), request.pageSize(), request.offset()),
                sql.first(
                                "SELECT count(*) FROM tenant_queries WHERE tenant_id = ? AND user_id = ?",
                                row -> row.getLong(1),
                                tenantId,
                                caller.userId())
                        .orElseThrow(),
                request);
    }

    private Run run(ResultSet row) throws SQLException {
        UUID id = Sql.uuid(row, "id");
        long rows = row.getLong("rows");
        return new Run(
                id,
                new String(secrets.open(row.getBytes("sealed_sql"), sealedFor(id)), StandardCharsets.UTF_8),
                row.getString("sql_hash"),
                row.getString("role"),
                Outcome.valueOf(row.getString("outcome")),
                Optional.ofNullable(row.getString("sqlstate")),
                row.getObject("rows") == null ? Optional.empty() : Optional.of(rows),
                Sql.time(row, "began_at").orElseThrow(),
                Sql.time(row, "ended_at"));
    }

    private static String sealedFor(UUID id) {
        return "tenant_queries/" + id;
    }
}
