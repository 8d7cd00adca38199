package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.PersistenceException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The short transactions of {@link Accounts}: users, and the sessions that they open. */
@Stateless
public class Sessions {

    /**
     * A session and the one refresh token that now works for it.
     *
     * @param role of its owner in this session
     * @param deviceToken what the device is known by at its next sign-in; null after a refresh
     */
    public record Opened(
            User user, Role role, UUID sessionId, OffsetDateTime expiresAt, String refreshToken, String deviceToken) {}

    @PersistenceContext
    EntityManager entities;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    RefreshTokens refreshTokens;

    @Inject
    UserSessions userSessions;

    @Inject
    KnownDevices devices;

    @Inject
    IdentityConfig config;

    public User addUser(String email, String passwordHash, Role role) {
        try {
            User user = new User(email, passwordHash, role, OffsetDateTime.now());
            entities.persist(user);
            entities.flush();
            return user;
        } catch (PersistenceException e) {
            if (Sql.violates(e, "users_email_key")) {
                throw VpnException.ofField(IdentityError.EMAIL_TAKEN, "email", null);
            }
            throw e;
        }
    }

    public Optional<User> findUser(UUID id) {
        return Optional.ofNullable(entities.find(User.class, id));
    }

    /** Who can sign in as one. */
    public List<UUID> superAdmins() {
        return sql.list(
                "SELECT id FROM users WHERE role = 'SUPER_ADMIN' AND state = 'ACTIVE'", row -> Sql.uuid(row, "id"));
    }

    /** Not one whose role is a provider's word: it counts in this provider's sessions alone. */
    public boolean hasSuperAdmin() {
        return sql.first("SELECT 1 FROM users WHERE role = 'SUPER_ADMIN' AND managed_by IS NULL LIMIT 1", row -> true)
                .isPresent();
    }

    /**
     * Locks a user's row until the caller's transaction ends. It comes before all that he owns: two that lock these in
     * different orders would wait for each other.
     */
    public void lock(UUID userId) {
        sql.first("SELECT 1 FROM users WHERE id = ? FOR NO KEY UPDATE", row -> true, userId);
    }

    /**
     * Opens a session for a user who has proved who he is.
     *
     * @param user as he was when he proved it
     * @param method how, for people to read: {@code password}, {@code passkey}, …
     * @param deviceToken of an earlier sign-in on this device; may be null
     * @throws VpnException {@code WRONG_CREDENTIALS} when his account changed since: what he proved it by may be the old
     */
    public Opened open(User user, String method, String deviceToken, Origin origin) {
        UUID id = UUID.randomUUID();
        OffsetDateTime now = OffsetDateTime.now();
        OffsetDateTime expiresAt = now.plus(config.sessionLife());
        // First, since it locks the user: two sign-ins at once must not both find room for one session.
        Role role = noteSignIn(user, method, now);
        sql.update("""
                INSERT INTO sessions (id, user_id, created_at, expires_at, method, address, user_agent)
                VALUES (?, ?, ?, ?, ?, ?, ?)""", id, user.id(), now, expiresAt, method, origin.address(), origin.userAgent());
        outbox.add(AuditEvent.byUser(user.id(), user.email(), "user.signed-in", origin)
                .on("session", id, method));
        userSessions.endSurplus(user, id);
        // Whoever has just signed up need not be told that he signs in.
        String device =
                devices.remember(user.id(), user.email(), user.lastSignInAt().isPresent(), deviceToken, origin);
        return new Opened(user, role, id, expiresAt, refreshTokens.first(id), device);
    }

    private Role noteSignIn(User user, String method, OffsetDateTime now) {
        return sql.first(
                        """
                        UPDATE users u SET last_sign_in_at = ? FROM (SELECT ?::text AS method) s
                        WHERE u.id = ? AND u.state = 'ACTIVE' AND u.epoch = ?
                          AND u.password_hash IS NOT DISTINCT FROM ?::text
                        RETURNING\s""" + Standings.ROLE + " AS role",
                        row -> Role.valueOf(row.getString("role")),
                        now,
                        method,
                        user.id(),
                        user.epoch(),
                        user.passwordHash().orElse(null))
                .orElseThrow(() -> new VpnException(IdentityError.WRONG_CREDENTIALS));
    }
}
