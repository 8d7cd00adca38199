package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the database says of sessions and of their owners, never older than {@link BriefMemory#MAX_AGE}. Thread-safe. */
@ApplicationScoped
public class Standings {

    /** A session that counts, and its owner as he stands now. */
    record Standing(UUID userId, String email, Role role, int epoch, String method) {}

    /** Of user {@code u} in session {@code s}: what a provider's groups gave counts in the sessions that it opened. */
    static final String ROLE = """
            CASE WHEN u.managed_by IS NULL OR split_part(s.method, ',', 1) = 'oidc:' || u.managed_by
                 THEN u.role ELSE 'USER' END""";

    private static final String SELECT = """
            SELECT s.id AS session_id, u.id, u.email, u.epoch, s.method,
                   s.last_used_at > now() - interval '1 minute' AS noted,\s""" + ROLE + """
             AS role
            FROM sessions s JOIN users u ON u.id = s.user_id
            WHERE s.ended_at IS NULL AND s.expires_at > now() AND u.state = 'ACTIVE'
              AND s.last_used_at > now() - make_interval(secs => ?) AND\s""";

    @Inject
    Sql sql;

    @Inject
    IdentityConfig config;

    private final BriefMemory<UUID, Standing> bySession = new BriefMemory<>();

    /** Empty when the session is over, or its owner may not come in. */
    Optional<Standing> find(UUID sessionId) {
        return bySession.find(sessionId, this::read);
    }

    /** Makes a change of this node bite here at once. The others need up to {@link BriefMemory#MAX_AGE}. */
    void forget(UUID sessionId) {
        bySession.forget(sessionId);
    }

    /** As {@link #forget}, for all that a user has. */
    public void forgetUser(UUID userId) {
        bySession.forgetAll(standing -> standing.userId().equals(userId));
    }

    /**
     * Reads many now, in one query and past the memory: for those who keep sessions without calling. That is no use of
     * them, so it is not noted as one.
     *
     * @return those that count, by session
     */
    Map<UUID, Standing> readAll(Collection<UUID> sessionIds) {
        Map<UUID, Standing> found = new HashMap<>();
        if (!sessionIds.isEmpty()) {
            sql.list(
                    SELECT + "s.id = ANY (?)",
                    row -> found.put(Sql.uuid(row, "session_id"), standing(row)),
                    config.sessionIdle().toSeconds(),
                    Set.copyOf(sessionIds));
        }
        return found;
    }

    private Optional<Standing> read(UUID sessionId) {
        AtomicBoolean noted = new AtomicBoolean(true);
        Optional<Standing> found = sql.first(
                SELECT + "s.id = ?",
                row -> {
                    noted.set(row.getBoolean("noted"));
                    return standing(row);
                },
                config.sessionIdle().toSeconds(),
                sessionId);
        if (!noted.get()) {
            noteUse(sessionId);
        }
        return found;
    }

    private static Standing standing(ResultSet row) throws SQLException {
        return new Standing(
                Sql.uuid(row, "id"),
                row.getString("email"),
                Role.valueOf(row.getString("role")),
                row.getInt("epoch"),
                row.getString("method"));
    }

    /** Once a minute is enough for people and for the time-out, and no write for each call. */
    private void noteUse(UUID sessionId) {
        sql.update("""
                UPDATE sessions SET last_used_at = now()
                WHERE id = ? AND last_used_at < now() - interval '1 minute'""", sessionId);
    }
}
