package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.PersistenceException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The short transactions of {@link Accounts}: users, their sessions, the refresh tokens of each. */
@Stateless
public class Sessions {

    private static final Logger LOG = Logger.getLogger(Sessions.class.getName());

    /** A session and the one refresh token that now works for it. */
    public record Opened(User user, UUID sessionId, OffsetDateTime expiresAt, String refreshToken) {}

    private record Used(UUID sessionId, UUID userId, OffsetDateTime expiresAt, boolean before, boolean live) {}

    @PersistenceContext
    EntityManager entities;

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    Outbox outbox;

    @Inject
    Standings standings;

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

    public Optional<User> findUser(String email) {
        return entities.createNamedQuery("User.byEmail", User.class)
                .setParameter("email", email)
                .getResultStream()
                .findFirst();
    }

    public Optional<User> findUser(UUID id) {
        return Optional.ofNullable(entities.find(User.class, id));
    }

    public boolean hasSuperAdmin() {
        return entities.createNamedQuery("User.countByRole", Long.class)
                        .setParameter("role", Role.SUPER_ADMIN)
                        .getSingleResult()
                > 0;
    }

    /**
     * Opens a session for a user who has proved who he is.
     *
     * @param method how, for people to read: {@code password}, {@code passkey}, …
     */
    public Opened open(User user, String method, Origin origin) {
        UUID id = UUID.randomUUID();
        OffsetDateTime now = OffsetDateTime.now();
        OffsetDateTime expiresAt = now.plus(config.sessionLife());
        sql.update("""
                INSERT INTO sessions (id, user_id, created_at, expires_at, method, address, user_agent)
                VALUES (?, ?, ?, ?, ?, ?, ?)""", id, user.id(), now, expiresAt, method, origin.address(), origin.userAgent());
        sql.update("UPDATE users SET last_sign_in_at = ? WHERE id = ?", now, user.id());
        outbox.add(AuditEvent.byUser(user.id(), user.email(), "user.signed-in", origin)
                .on("session", id, method));
        return new Opened(user, id, expiresAt, addRefreshToken(id));
    }

    /** Marks the token as used and adds the next; empty when it does not work. A second use ends the session. */
    public Optional<Opened> rotate(String refreshToken) {
        if (refreshToken == null || refreshToken.isBlank()) {
            return Optional.empty();
        }
        // The row's lock makes one of two parallel uses the second.
        Optional<Used> found = sql.first(
                """
                SELECT t.session_id, s.user_id, s.expires_at, t.used_at IS NOT NULL AS before,
                       s.ended_at IS NULL AND s.expires_at > now() AS live
                FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
                WHERE t.token_hash = ? FOR UPDATE OF t""",
                row -> new Used(
                        Sql.uuid(row, "session_id"),
                        Sql.uuid(row, "user_id"),
                        row.getObject("expires_at", OffsetDateTime.class),
                        row.getBoolean("before"),
                        row.getBoolean("live")),
                (Object) Secrets.hash(refreshToken));
        if (found.isEmpty() || !found.get().live()) {
            return Optional.empty();
        }
        Used used = found.get();
        if (used.before()) {
            LOG.log(Level.WARNING, "refresh token of session {0} used twice: session ended", used.sessionId());
            end(used.sessionId());
            return Optional.empty();
        }
        sql.update(
                "UPDATE refresh_tokens SET used_at = now() WHERE token_hash = ?", (Object) Secrets.hash(refreshToken));
        return findUser(used.userId())
                .map(user -> new Opened(user, used.sessionId(), used.expiresAt(), addRefreshToken(used.sessionId())));
    }

    public void end(UUID sessionId) {
        sql.update("UPDATE sessions SET ended_at = now() WHERE id = ? AND ended_at IS NULL", sessionId);
        standings.forget(sessionId);
    }

    private String addRefreshToken(UUID sessionId) {
        String token = secrets.randomToken();
        sql.update(
                "INSERT INTO refresh_tokens (token_hash, session_id, created_at) VALUES (?, ?, now())",
                Secrets.hash(token),
                sessionId);
        return token;
    }
}
