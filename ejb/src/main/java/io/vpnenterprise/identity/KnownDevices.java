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
 * owner out. The token proves nothing else. Clients that keep none come from a place: a network and what the client calls
 * itself.
 */
@Stateless
public class KnownDevices {

    /** Of one place: a client that keeps no token replaces what it left, and not the owner's other devices. */
    private static final int MOST_OF_A_PLACE = 3;

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    IdentityConfig config;

    @Inject
    Outbox outbox;

    /**
     * Remembers the device that a user has proved himself from. The caller has locked the user's row: two of his sign-ins
     * count one after the other.
     *
     * @param tells whether the user hears of a device at a place that is new
     * @param presented what it had from an earlier sign-in; may be null, or anything
     * @return what it is known by from now on
     */
    public String remember(UUID userId, String email, boolean tells, String presented, Origin origin) {
        OffsetDateTime now = OffsetDateTime.now();
        OffsetDateTime expiresAt = now.plus(config.knownDeviceLife());
        byte[] place = place(origin);
        int known = sql.update("""
                UPDATE known_devices SET last_used_at = ?, expires_at = ?, place = ?
                WHERE token_hash = ? AND user_id = ? AND expires_at > now()""", now, expiresAt, place, hash(presented), userId);
        if (known == 1) {
            return presented;
        }
        boolean isNews = tells && !knows(userId, place);
        makeRoom(userId, place);
        String token = secrets.randomToken();
        UUID id = UUID.randomUUID();
        sql.update("""
                INSERT INTO known_devices (id, user_id, token_hash, place, created_at, last_used_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)""", id, userId, Secrets.hash(token), place, now, now, expiresAt);
        String action = isNews ? "user.signed-in-from-unknown-device" : "known-device.added";
        outbox.add(AuditEvent.byUser(userId, email, action, origin)
                .of(isNews ? AuditEvent.Severity.WARNING : AuditEvent.Severity.INFO)
                .on("known-device", id, origin.userAgent()));
        return token;
    }

    /** The device that this is the token of, whoever's it is. */
    public Optional<UUID> find(String presented) {
        return sql.first(
                "SELECT id FROM known_devices WHERE token_hash = ? AND expires_at > now()",
                row -> Sql.uuid(row, "id"),
                hash(presented));
    }

    private boolean knows(UUID userId, byte[] place) {
        return sql.first(
                        "SELECT 1 FROM known_devices WHERE user_id = ? AND place = ? AND expires_at > now() LIMIT 1",
                        row -> true,
                        userId,
                        place)
                .isPresent();
    }

    /** For one more: those go that were unused for longest, of its place first. */
    private void makeRoom(UUID userId, byte[] place) {
        sql.update("""
                DELETE FROM known_devices WHERE id IN (SELECT id FROM known_devices
                    WHERE user_id = ? AND place = ? ORDER BY last_used_at DESC OFFSET ?)""", userId, place, MOST_OF_A_PLACE - 1);
        sql.update("""
                DELETE FROM known_devices WHERE id IN
                    (SELECT id FROM known_devices WHERE user_id = ? ORDER BY last_used_at DESC OFFSET ?)""", userId, config.knownDevicesPerUser() - 1);
    }

    /** Keyed: this outlives sessions by months, and must not tell where somebody was. */
    private byte[] place(Origin origin) {
        return secrets.mac(origin.network() + "\n" + origin.userAgent(), "known_devices");
    }

    /** What a token is found by; of none, what none has. */
    static byte[] hash(String presented) {
        return Secrets.hash(presented == null ? "" : presented);
    }
}
