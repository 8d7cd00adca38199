package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The live sessions of a user: seen and ended, by himself, by an admin, or because there are too many. */
@Stateless
public class UserSessions {

    private static final Logger LOG = Logger.getLogger(UserSessions.class.getName());

    /** A sign-in that still counts. */
    public record Live(
            UUID id,
            String method,
            String address,
            String userAgent,
            OffsetDateTime createdAt,
            OffsetDateTime lastUsedAt,
            OffsetDateTime expiresAt) {}

    /** Takes the seconds that a session may be unused. */
    private static final String IS_LIVE =
            " ended_at IS NULL AND expires_at > now() AND last_used_at > now() - make_interval(secs => ?) ";

    private static final String ENDED = "session.ended";
    private static final String SESSION = "session";

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Standings standings;

    @Inject
    IdentityConfig config;

    /** The one that was used last comes first. */
    public Page<Live> page(UUID userId, Page.Request request) {
        long idle = config.sessionIdle().toSeconds();
        long total = sql.first(
                        "SELECT count(*) FROM sessions WHERE user_id = ? AND" + IS_LIVE,
                        row -> row.getLong(1),
                        userId,
                        idle)
                .orElseThrow();
        List<Live> items = sql.list(
                "SELECT id, method, address, user_agent, created_at, last_used_at, expires_at FROM sessions"
                        + " WHERE user_id = ? AND" + IS_LIVE
                        + "ORDER BY last_used_at DESC, created_at DESC, id LIMIT ? OFFSET ?",
                row -> new Live(
                        Sql.uuid(row, "id"),
                        row.getString("method"),
                        row.getString("address"),
                        row.getString("user_agent"),
                        row.getObject("created_at", OffsetDateTime.class),
                        row.getObject("last_used_at", OffsetDateTime.class),
                        row.getObject("expires_at", OffsetDateTime.class)),
                userId,
                idle,
                request.pageSize(),
                request.offset());
        return Page.of(items, total, request);
    }

    /**
     * Ends one session of a user: on this application node at once, on the others within {@link BriefMemory#MAX_AGE}.
     *
     * @throws VpnException {@code SESSION_NOT_FOUND}, for another user's too
     */
    public void end(Caller caller, UUID userId, UUID sessionId) {
        int ended = sql.update(
                "UPDATE sessions SET ended_at = now() WHERE id = ? AND user_id = ? AND" + IS_LIVE,
                sessionId,
                userId,
                config.sessionIdle().toSeconds());
        if (ended == 0) {
            throw new VpnException(IdentityError.SESSION_NOT_FOUND, sessionId.toString());
        }
        standings.forget(sessionId);
        outbox.add(AuditEvent.by(caller, ENDED).on(SESSION, sessionId, "").concerning(userId));
        LOG.log(Level.INFO, "user {0} ended session {1}", new Object[] {caller.userId(), sessionId});
    }

    /** Ends all sessions of a user, the caller's own too where they are his; returns how many. */
    public int endAll(Caller caller, UUID userId) {
        return endMany(
                caller,
                userId,
                sql.list(
                        "UPDATE sessions SET ended_at = now() WHERE user_id = ? AND" + IS_LIVE + "RETURNING id",
                        row -> Sql.uuid(row, "id"),
                        userId,
                        config.sessionIdle().toSeconds()));
    }

    /** Ends all sessions of the caller but the one of this call; returns how many. */
    public int endOthers(Caller caller) {
        return endMany(
                caller,
                caller.userId(),
                sql.list(
                        "UPDATE sessions SET ended_at = now() WHERE user_id = ?" + " AND id <> ? AND" + IS_LIVE
                                + "RETURNING id",
                        row -> Sql.uuid(row, "id"),
                        caller.userId(),
                        caller.credential().id(),
                        config.sessionIdle().toSeconds()));
    }

    private int endMany(Caller caller, UUID userId, List<UUID> ended) {
        endLinking(userId);
        ended.forEach(standings::forget);
        outbox.add(AuditEvent.by(caller, ENDED)
                .on("user", userId, "")
                .concerning(userId)
                .with("sessions", ended.size()));
        LOG.log(Level.INFO, "user {0} ended {1} sessions of user {2}", new Object[] {
            caller.userId(), ended.size(), userId
        });
        return ended.size();
    }

    /** Ends what sessions of a user began at providers: a link that comes back would outlive them. */
    public void endLinking(UUID userId) {
        sql.update("DELETE FROM external_sign_ins WHERE link_user_id = ?", userId);
    }

    /** Ends a session without a word: whoever calls says why. */
    public void end(UUID sessionId) {
        sql.update("UPDATE sessions SET ended_at = now() WHERE id = ? AND ended_at IS NULL", sessionId);
        standings.forget(sessionId);
    }

    /** Makes room for a new session: beyond the limit, those end that were unused for longest. The user's row is locked. */
    public void endSurplus(User user, UUID newest) {
        List<UUID> ended = sql.list(
                "UPDATE sessions SET ended_at = now() WHERE id IN (SELECT id FROM sessions WHERE user_id = ? AND id <> ?"
                        + " AND" + IS_LIVE + "ORDER BY last_used_at DESC, created_at DESC OFFSET ?) RETURNING id",
                row -> Sql.uuid(row, "id"),
                user.id(),
                newest,
                config.sessionIdle().toSeconds(),
                config.sessionsPerUser() - 1);
        for (UUID sessionId : ended) {
            standings.forget(sessionId);
            outbox.add(AuditEvent.bySystem(ENDED)
                    .on(SESSION, sessionId, "")
                    .concerning(user.id())
                    .with("reason", "more than " + config.sessionsPerUser() + " sessions"));
        }
    }
}
