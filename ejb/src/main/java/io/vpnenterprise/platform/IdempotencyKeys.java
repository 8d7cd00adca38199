package io.vpnenterprise.platform;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.UUID;

/** The first answer to each request that named itself, for those that repeat it. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class IdempotencyKeys {

    /** A request that has no answer after this long died with its application node; the key is free again. */
    private static final int ABANDONED_AFTER_SECONDS = 60;

    /**
     * An answer, without what is shown once.
     *
     * @param location may be null
     * @param body JSON; may be null
     */
    public record Kept(int status, String location, String body) {}

    private record Row(byte[] fingerprint, Integer status, String location, String body) {}

    @Inject
    Sql sql;

    @Inject
    PlatformConfig config;

    /**
     * Begins a request, or finds that it was made before.
     *
     * @return the first answer, if there is one; empty: go on, and {@link #keep} or {@link #forget} afterwards
     * @throws VpnException {@code IDEMPOTENCY_KEY_IN_USE}, {@code IDEMPOTENCY_KEY_REUSED}
     */
    public Optional<Kept> begin(UUID userId, String key, byte[] fingerprint) {
        int inserted = sql.update(
                """
                INSERT INTO idempotency_keys AS k (user_id, key, fingerprint) VALUES (?, ?, ?)
                ON CONFLICT (user_id, key) DO UPDATE SET
                    fingerprint = excluded.fingerprint, started_at = now(), status = NULL, location = NULL, body = NULL
                WHERE k.started_at < now() - make_interval(secs => ?)
                   OR k.status IS NULL AND k.started_at < now() - make_interval(secs => ?)""", userId, key, fingerprint, config.idempotencyKept().toSeconds(), ABANDONED_AFTER_SECONDS);
        if (inserted == 1) {
            return Optional.empty();
        }
        Row row = sql.first(
                        "SELECT fingerprint, status, location, body FROM idempotency_keys WHERE user_id = ? AND key = ?",
                        found -> new Row(
                                found.getBytes("fingerprint"),
                                found.getObject("status", Integer.class),
                                found.getString("location"),
                                found.getString("body")),
                        userId,
                        key)
                // Forgotten between the two statements: as if still running, and the client tries again.
                .orElseThrow(() -> new VpnException(PlatformError.IDEMPOTENCY_KEY_IN_USE));
        if (!MessageDigest.isEqual(row.fingerprint(), fingerprint)) {
            throw new VpnException(PlatformError.IDEMPOTENCY_KEY_REUSED);
        }
        if (row.status() == null) {
            throw new VpnException(PlatformError.IDEMPOTENCY_KEY_IN_USE);
        }
        return Optional.of(new Kept(row.status(), row.location(), row.body()));
    }

    public void keep(UUID userId, String key, Kept answer) {
        sql.update(
                "UPDATE idempotency_keys SET status = ?, location = ?, body = ? WHERE user_id = ? AND key = ?",
                answer.status(),
                answer.location(),
                answer.body(),
                userId,
                key);
    }

    public void forget(UUID userId, String key) {
        sql.update("DELETE FROM idempotency_keys WHERE user_id = ? AND key = ?", userId, key);
    }
}
