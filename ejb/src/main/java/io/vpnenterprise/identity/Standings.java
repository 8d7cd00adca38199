package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the database says of sessions, remembered for half a second: a busy client costs two look-ups a second instead of
 * one a call, and no application node admits anybody on older knowledge. Thread-safe.
 */
@ApplicationScoped
public class Standings {

    /** A revocation must bite within a second everywhere; the other half is for the request under way. */
    static final Duration MAX_AGE = Duration.ofMillis(500);

    /** At 200 bytes each, 2 MB; when there are more, the map starts anew. */
    private static final int MOST = 10_000;

    /** A session that counts, and its owner as he stands now. */
    record Standing(UUID userId, String email, Role role, int epoch, String method) {}

    private record Remembered(Optional<Standing> standing, long readAt) {}

    @Inject
    Sql sql;

    private final ConcurrentHashMap<UUID, Remembered> bySession = new ConcurrentHashMap<>();

    /** Empty when the session is over, or its owner may not come in. */
    Optional<Standing> find(UUID sessionId) {
        Remembered remembered = bySession.get(sessionId);
        if (remembered == null || System.nanoTime() - remembered.readAt() > MAX_AGE.toNanos()) {
            // The age counts from before the reading: what it returns may be as old as that.
            long readAt = System.nanoTime();
            remembered = new Remembered(read(sessionId), readAt);
            if (bySession.size() >= MOST) {
                bySession.clear();
            }
            bySession.put(sessionId, remembered);
        }
        return remembered.standing();
    }

    /** Makes a change of this node bite here at once. The others need up to {@link #MAX_AGE}. */
    void forget(UUID sessionId) {
        bySession.remove(sessionId);
    }

    /** As {@link #forget}, for all that a user has. */
    void forgetUser(UUID userId) {
        bySession.values().removeIf(remembered -> remembered
                .standing()
                .filter(standing -> standing.userId().equals(userId))
                .isPresent());
    }

    private Optional<Standing> read(UUID sessionId) {
        return sql.first(
                """
                SELECT u.id, u.email, u.epoch, s.method,
                       -- What a provider's groups gave counts in the sessions that this provider opened.
                       CASE WHEN u.managed_by IS NULL OR split_part(s.method, ',', 1) = 'oidc:' || u.managed_by
                            THEN u.role ELSE 'USER' END AS role
                FROM sessions s JOIN users u ON u.id = s.user_id
                WHERE s.id = ? AND s.ended_at IS NULL AND s.expires_at > now() AND u.state = 'ACTIVE'""",
                row -> new Standing(
                        Sql.uuid(row, "id"),
                        row.getString("email"),
                        Role.valueOf(row.getString("role")),
                        row.getInt("epoch"),
                        row.getString("method")),
                sessionId);
    }
}
