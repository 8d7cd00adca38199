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
import java.util.Optional;
import java.util.UUID;

/** The short transactions of {@link Accounts}: users, and the sessions that they open. */
@Stateless
public class Sessions {

    /** A session and the one refresh token that now works for it. */
    public record Opened(User user, UUID sessionId, OffsetDateTime expiresAt, String refreshToken) {}

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
        // First, since it locks the user: two sign-ins at once must not both find room for one session.
        sql.update("UPDATE users SET last_sign_in_at = ? WHERE id = ?", now, user.id());
        sql.update("""
                INSERT INTO sessions (id, user_id, created_at, expires_at, method, address, user_agent)
                VALUES (?, ?, ?, ?, ?, ?, ?)""", id, user.id(), now, expiresAt, method, origin.address(), origin.userAgent());
        outbox.add(AuditEvent.byUser(user.id(), user.email(), "user.signed-in", origin)
                .on("session", id, method));
        userSessions.endSurplus(user, id);
        return new Opened(user, id, expiresAt, refreshTokens.first(id));
    }
}
