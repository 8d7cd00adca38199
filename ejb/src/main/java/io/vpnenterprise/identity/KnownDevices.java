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

/**
 * The browsers and clients that a user has signed in with (OWASP's "device cookie"). Each keeps a random token, of which we
 * store the hash; a sign-in that presents it is counted by itself, so that nobody who guesses at the account keeps its
 * owner out. The token proves nothing else.
 */
@Stateless
public class KnownDevices {

    private record Owner(String email, boolean signedInBefore) {}

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    IdentityConfig config;

    @Inject
    Outbox outbox;

    /**
     * Remembers the device that a user has proved himself from.
     *
     * @param presented what it had from an earlier sign-in; may be null, or anything
     * @return what it is known by from now on
     */
    public String remember(UUID userId, String presented, Origin origin) {
        OffsetDateTime now = OffsetDateTime.now();
        OffsetDateTime expiresAt = now.plus(config.knownDeviceLife());
        int known = sql.update("""
                UPDATE known_devices SET last_used_at = ?, expires_at = ?
                WHERE token_hash = ? AND user_id = ? AND expires_at > now()""", now, expiresAt, hash(presented), userId);
        return known == 1 ? presented : add(userId, now, expiresAt, origin);
    }

    /** The device that this is the token of, whoever's it is. */
    public Optional<UUID> find(String presented) {
        return sql.first(
                "SELECT id FROM known_devices WHERE token_hash = ? AND expires_at > now()",
                row -> Sql.uuid(row, "id"),
                hash(presented));
    }

    /** Lets somebody who has just signed in be known by his device the next time. */
    public SignIn remember(SignIn signIn, String presented, Origin origin) {
        return signIn.onDevice(remember(signIn.user().id(), presented, origin));
    }

    private String add(UUID userId, OffsetDateTime now, OffsetDateTime expiresAt, Origin origin) {
        // The user's row makes two of his sign-ins count one after the other.
        Owner owner = sql.first(
                        "SELECT email, last_sign_in_at IS NOT NULL AS before FROM users WHERE id = ? FOR NO KEY UPDATE",
                        row -> new Owner(row.getString("email"), row.getBoolean("before")),
                        userId)
                .orElseThrow();
        sql.update("""
                DELETE FROM known_devices WHERE id IN
                    (SELECT id FROM known_devices WHERE user_id = ? ORDER BY last_used_at DESC OFFSET ?)""", userId, config.knownDevicesPerUser() - 1);
        String token = secrets.randomToken();
        UUID id = UUID.randomUUID();
        sql.update("""
                INSERT INTO known_devices (id, user_id, token_hash, created_at, last_used_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?)""", id, userId, Secrets.hash(token), now, now, expiresAt);
        // Whoever has just signed up need not be told that he signs in.
        outbox.add(AuditEvent.byUser(userId, owner.email(), "known-device.added", origin)
                .of(owner.signedInBefore() ? AuditEvent.Severity.WARNING : AuditEvent.Severity.INFO)
                .on("known-device", id, origin.userAgent()));
        return token;
    }

    /** What a token is found by; of none, what none has. */
    static byte[] hash(String presented) {
        return Secrets.hash(presented == null ? "" : presented);
    }
}
