package io.vpnenterprise.platform;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/** The first answer to each request that named itself, for those that repeat it. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class IdempotencyKeys {

    /** A request that has no answer after this long died with its application node, before or after its commit. */
    private static final int ABANDONED_AFTER_SECONDS = 60;

    /** What a request that names itself finds. */
    public sealed interface Outcome permits Begun, Kept {}

    /** It is the first: go on, and {@link #keep} or {@link #forget} afterwards. */
    public record Begun(UUID userId, String key, OffsetDateTime startedAt) implements Outcome {}

    /**
     * The first answer, without what is shown once.
     *
     * @param location may be null
     * @param body JSON; may be null
     */
    public record Kept(int status, String location, String body) implements Outcome {}

    private record Row(byte[] fingerprint, boolean abandoned, Integer status, String location, String body) {}

    @Inject
    Sql sql;

    @Inject
    PlatformConfig config;

    /**
     * Begins a request, or finds that it was made before.
     *
     * @throws VpnException {@code IDEMPOTENCY_KEY_IN_USE}, {@code IDEMPOTENCY_KEY_REUSED}, {@code
     *     IDEMPOTENCY_OUTCOME_UNKNOWN}
     */
    public Outcome begin(UUID userId, String key, byte[] fingerprint) {
        Optional<Begun> begun = sql.first(
                """
                INSERT INTO idempotency_keys AS k (user_id, key, fingerprint) VALUES (?, ?, ?)
                ON CONFLICT (user_id, key) DO UPDATE SET
                    fingerprint = excluded.fingerprint, started_at = now(), status = NULL, location = NULL, body = NULL
                WHERE k.started_at < now() - make_interval(secs => ?)
                RETURNING started_at""",
                row -> new Begun(userId, key, Sql.time(row, "started_at").orElseThrow()),
                userId,
                key,
                fingerprint,
                config.idempotencyKept().toSeconds());
        return begun.isPresent() ? begun.get() : found(userId, key, fingerprint);
    }

    private Kept found(UUID userId, String key, byte[] fingerprint) {
        Row row = sql.first(
                        """
                        SELECT fingerprint, started_at < now() - make_interval(secs => ?) AS abandoned, status, location, body
                        FROM idempotency_keys WHERE user_id = ? AND key = ?""",
                        found -> new Row(
                                found.getBytes("fingerprint"),
                                found.getBoolean("abandoned"),
                                found.getObject("status", Integer.class),
                                found.getString("location"),
                                found.getString("body")),
                        ABANDONED_AFTER_SECONDS,
                        userId,
                        key)
                // Forgotten between the two statements: as if still running, and the client tries again.
                .orElseThrow(() -> new VpnException(PlatformError.IDEMPOTENCY_KEY_IN_USE));
        if (!MessageDigest.isEqual(row.fingerprint(), fingerprint)) {
            throw new VpnException(PlatformError.IDEMPOTENCY_KEY_REUSED);
        }
        if (row.status() == null) {
            throw new VpnException(
                    row.abandoned() ? PlatformError.IDEMPOTENCY_OUTCOME_UNKNOWN : PlatformError.IDEMPOTENCY_KEY_IN_USE);
        }
        return new Kept(row.status(), row.location(), row.body());
    }

    public void keep(Begun begun, Kept answer) {
        sql.update(
                """
                UPDATE idempotency_keys SET status = ?, location = ?, body = ?
                WHERE user_id = ? AND key = ? AND started_at = ?""", answer.status(), answer.location(), answer.body(), begun.userId(), begun.key(), begun.startedAt());
    }

    /** Frees the key: nothing came of the request. */
    public void forget(Begun begun) {
        sql.update(
                "DELETE FROM idempotency_keys WHERE user_id = ? AND key = ? AND started_at = ?",
                begun.userId(),
                begun.key(),
                begun.startedAt());
    }
}
