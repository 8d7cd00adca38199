package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Trades refresh tokens: each is used once and gets a successor, and all of one session are a family. A member whose reply
 * was lost must stay signed in, a thief must be noticed, and both look alike at first: somebody presents a used token.
 *
 * <p>So a successor follows from its token by a keyed hash, and within {@code vpn.identity.refresh-grace} a used token gets
 * the same one again. Afterwards the question is whether the successor was used:
 *
 * <table>
 * <caption>Who presents what</caption>
 * <tr><th>Two tabs, parallel requests, a quick retry<td>within the grace: the same successor for all
 * <tr><th>The reply is lost, or the server dies behind its commit, and the client tries again<td>the same successor
 * <tr><th>The reply is lost, and the client sleeps for hours<td>the successor was not used: a new one supersedes it
 * <tr><th>A thief uses the token before its owner<td>the owner gets a new successor, the thief's is superseded and, when
 *     he uses it, a replay; if he uses it before the owner comes, the owner's token is the replay
 * <tr><th>A thief uses a token after its owner did and went on<td>a replay
 * <tr><th>A thief uses it within the grace of its owner<td>both have the same successor; when one of them goes on with it
 *     and the other later than the grace, that is one of the two cases above
 * </table>
 *
 * <p>A replay ends the session at once, whoever it was, and its owner is told. What we cannot tell from a thief is a client
 * that keeps one token in two places and uses both, further apart than the grace.
 */
@Stateless
public class RefreshTokens {

    private static final Logger LOG = Logger.getLogger(RefreshTokens.class.getName());

    private static final double MILLIS = 1_000;

    /** The session that a presented token belongs to; its row is locked. */
    private record Family(
            UUID sessionId,
            User user,
            Role role,
            OffsetDateTime expiresAt,
            boolean next,
            boolean last,
            boolean withinGrace,
            int successors) {}

    /** What a token was given that was not used last. */
    private record Given(boolean withinGrace, int successors) {}

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    Outbox outbox;

    @Inject
    UserSessions sessions;

    @Inject
    IdentityConfig config;

    /** The first token of a new session. */
    public String first(UUID sessionId) {
        String token = secrets.randomToken();
        byte[] hash = Secrets.hash(token);
        sql.update("""
                WITH added AS (INSERT INTO refresh_tokens (token_hash, session_id, created_at) VALUES (?, ?, now()))
                UPDATE sessions SET next_token_hash = ? WHERE id = ?""", hash, sessionId, hash, sessionId);
        return token;
    }

    /** The session with its next token; empty when the presented one does not work. A replay ends the session. */
    public Optional<Sessions.Opened> trade(String presented, Origin origin) {
        if (presented == null || presented.isBlank()) {
            return Optional.empty();
        }
        byte[] hash = Secrets.hash(presented);
        Optional<Family> found = lockFamily(hash);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Family family = found.get();
        boolean recent = family.next() || family.last();
        Given given = recent ? new Given(family.withinGrace(), family.successors()) : findGiven(family, hash);
        return switch (RefreshUse.of(family.next(), family.last(), given.withinGrace())) {
            case FIRST -> opened(family, give(family, presented, hash, 1));
            case AGAIN -> opened(family, successor(presented, given.successors()));
            case REPLY_LOST -> opened(family, give(family, presented, hash, given.successors() + 1));
            case REPLAY -> {
                endForReplay(family, origin);
                yield Optional.empty();
            }
        };
    }

    /**
     * Decides by columns of the session alone, besides what is never changed: after waiting for a lock, PostgreSQL looks
     * again at the locked row and at no other.
     */
    private Optional<Family> lockFamily(byte[] hash) {
        return sql.first(
                """
                SELECT s.id, s.expires_at, s.successors,
                       u.id AS user_id, u.email, u.role, u.state, u.epoch, u.created_at AS user_created_at,
                       u.email_verified_at,\s""" + Standings.ROLE + """
                        AS session_role,
                       s.next_token_hash = t.token_hash AS next,
                       coalesce(s.last_token_hash = t.token_hash, false) AS last,
                       coalesce(s.last_token_hash = t.token_hash
                                AND s.refreshed_at > now() - make_interval(secs => ?), false) AS within_grace
                FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
                WHERE t.token_hash = ? AND s.ended_at IS NULL AND s.expires_at > now()
                  AND s.last_used_at > now() - make_interval(secs => ?)
                FOR UPDATE OF s""",
                row -> new Family(
                        Sql.uuid(row, "id"),
                        User.of(row),
                        Role.valueOf(row.getString("session_role")),
                        row.getObject("expires_at", OffsetDateTime.class),
                        row.getBoolean("next"),
                        row.getBoolean("last"),
                        row.getBoolean("within_grace"),
                        row.getInt("successors")),
                graceSeconds(),
                hash,
                config.sessionIdle().toSeconds());
    }

    /** For a token that is neither the next nor the last one: its successor, if it ever had one, was used. */
    private Given findGiven(Family family, byte[] hash) {
        return sql.first(
                        """
                        SELECT coalesce(max(created_at) > now() - make_interval(secs => ?), false), count(*)
                        FROM refresh_tokens WHERE session_id = ? AND parent_hash = ?""",
                        row -> new Given(row.getBoolean(1), row.getInt(2)),
                        graceSeconds(),
                        family.sessionId(),
                        hash)
                .orElseThrow();
    }

    private String give(Family family, String presented, byte[] hash, int number) {
        String token = successor(presented, number);
        byte[] next = Secrets.hash(token);
        sql.update("""
                WITH given AS (
                    INSERT INTO refresh_tokens (token_hash, session_id, parent_hash, created_at)
                    VALUES (?, ?, ?, now()))
                UPDATE sessions SET next_token_hash = ?, last_token_hash = ?, successors = ?,
                    refreshed_at = now(), last_used_at = now()
                WHERE id = ?""", next, family.sessionId(), hash, next, hash, number, family.sessionId());
        return token;
    }

    private String successor(String presented, int number) {
        return secrets.macToken(presented + "/" + number, "refresh-token");
    }

    private Optional<Sessions.Opened> opened(Family family, String next) {
        return Optional.of(family.user())
                .filter(user -> user.state() == User.State.ACTIVE)
                .map(user ->
                        new Sessions.Opened(user, family.role(), family.sessionId(), family.expiresAt(), next, null));
    }

    private void endForReplay(Family family, Origin origin) {
        LOG.log(Level.WARNING, "a used refresh token of session {0} came again: ended", family.sessionId());
        sessions.end(family.sessionId());
        outbox.add(AuditEvent.byUnknown("refresh-token.replayed", origin)
                .on("session", family.sessionId(), "")
                .concerning(family.user().id())
                .of(AuditEvent.Severity.CRITICAL));
    }

    private double graceSeconds() {
        return config.refreshGrace().toMillis() / MILLIS;
    }
}
