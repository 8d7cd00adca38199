package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The short transactions of {@link Users}. */
@Stateless
public class UserRows {

    /** A domain that no mail reaches (RFC 2606, section 2). */
    private static final String NOBODY = "deleted-%s@deleted.invalid";

    private static final String SELECT = """
            SELECT u.id, u.email, u.role, u.state, u.created_at, u.email_verified_at, u.last_sign_in_at,
                   (SELECT count(*) FROM sessions s
                    WHERE s.user_id = u.id AND s.ended_at IS NULL AND s.expires_at > now()
                      AND s.last_used_at > now() - make_interval(secs => ?)) AS sessions
            FROM users u""";

    /** An account as it is while its row is locked. */
    private record Locked(
            String email, Role role, User.State state, OffsetDateTime createdAt, Optional<String> managedBy) {}

    @Inject
    Sql sql;

    @Inject
    Sessions sessions;

    @Inject
    UserSessions userSessions;

    @Inject
    IdentityConfig config;

    @Inject
    Organisations organisations;

    @Inject
    Outbox outbox;

    @Inject
    SecondFactorRows secondFactors;

    @Inject
    Event<AccountClosing> closing;

    public Page<UserSummary> page(UserSearch search, Page.Request request) {
        List<Object> arguments = new ArrayList<>();
        StringBuilder where = new StringBuilder(" WHERE TRUE");
        if (!search.email().isEmpty()) {
            where.append(" AND u.email LIKE ?");
            arguments.add(search.pattern());
        }
        search.role().ifPresent(role -> {
            where.append(" AND u.role = ?");
            arguments.add(role);
        });
        search.state()
                .ifPresentOrElse(
                        state -> {
                            where.append(" AND u.state = ?");
                            arguments.add(state);
                        },
                        () -> where.append(" AND u.state <> 'DELETED'"));
        long total = sql.first("SELECT count(*) FROM users u" + where, row -> row.getLong(1), arguments.toArray())
                .orElseThrow();
        arguments.add(0, config.sessionIdle().toSeconds());
        arguments.add(request.pageSize());
        arguments.add(request.offset());
        return Page.of(
                sql.list(
                        SELECT + where + " ORDER BY " + search.order().sql() + " LIMIT ? OFFSET ?",
                        UserRows::summary,
                        arguments.toArray()),
                total,
                request);
    }

    public UserSummary require(UUID userId) {
        return sql.first(
                        SELECT + " WHERE u.id = ?",
                        UserRows::summary,
                        config.sessionIdle().toSeconds(),
                        userId)
                .orElseThrow(() -> notFound(userId));
    }

    /**
     * Keeps an account from being suspended or deleted until the caller's transaction ends: for whoever gives it something
     * that a suspension must find.
     *
     * @throws VpnException {@code INVALID_TOKEN} when it does not count any more
     */
    public void requireActive(UUID userId) {
        sql.first("SELECT 1 FROM users WHERE id = ? AND state = 'ACTIVE' FOR SHARE", row -> true, userId)
                .orElseThrow(() -> new VpnException(PlatformError.INVALID_TOKEN));
    }

    public UUID add(Caller caller, String email, String passwordHash, Role role) {
        if (!AdminRule.mayMake(Role.of(caller), role)) {
            throw new VpnException(PlatformError.NOT_PERMITTED);
        }
        User user = sessions.addUser(email, passwordHash, role);
        sql.update("UPDATE users SET email_verified_at = now() WHERE id = ?", user.id());
        outbox.add(AuditEvent.by(caller, "user.created")
                .on("user", user.id(), email)
                .concerning(user.id())
                .with("role", role.label()));
        return user.id();
    }

    public void changeRole(Caller caller, UUID userId, Role role) {
        AdminRule.requireAnother(caller, userId);
        Locked user = lock(userId);
        if (!AdminRule.mayChangeRoles(Role.of(caller))) {
            throw new VpnException(PlatformError.NOT_PERMITTED);
        }
        if (user.managedBy().isPresent()) {
            // The next sign-in there would undo it.
            throw new VpnException(
                    IdentityError.IDENTITY_MANAGES_ACCOUNT, user.managedBy().get());
        }
        if (user.role() == role) {
            return;
        }
        requireAnotherSuperAdmin(userId, user.role());
        sql.update("UPDATE users SET role = ?, epoch = epoch + 1 WHERE id = ?", role, userId);
        outbox.add(event(caller, "user.role-changed", userId, user)
                .of(AuditEvent.Severity.WARNING)
                .with("before", user.role().label())
                .with("after", role.label()));
    }

    /** Takes the account out of a provider's hands: it is a user, until a super admin gives it another role. */
    public void takeFromProvider(Caller caller, UUID userId) {
        Locked user = lockToChange(caller, userId);
        if (!AdminRule.mayChangeRoles(Role.of(caller))) {
            throw new VpnException(PlatformError.NOT_PERMITTED);
        }
        if (user.managedBy().isEmpty()) {
            return;
        }
        // What the provider's groups gave counted only in its sessions, and must not count everywhere now.
        sql.update("UPDATE users SET managed_by = NULL, role = 'USER', epoch = epoch + 1 WHERE id = ?", userId);
        outbox.add(event(caller, "user.role-changed", userId, user)
                .of(AuditEvent.Severity.WARNING)
                .with("provider", user.managedBy().get())
                .with("before", user.role().label())
                .with("after", Role.USER.label()));
    }

    public void suspend(Caller caller, UUID userId) {
        Locked user = lockToChange(caller, userId);
        if (user.state() == User.State.SUSPENDED) {
            return;
        }
        requireAnotherSuperAdmin(userId, user.role());
        sql.update("UPDATE users SET state = 'SUSPENDED', epoch = epoch + 1 WHERE id = ?", userId);
        sql.update("UPDATE sessions SET ended_at = now() WHERE user_id = ? AND ended_at IS NULL", userId);
        userSessions.endLinking(userId);
        closing.fire(new AccountClosing(userId));
        outbox.add(event(caller, "user.suspended", userId, user).of(AuditEvent.Severity.WARNING));
    }

    public void restore(Caller caller, UUID userId) {
        Locked user = lockToChange(caller, userId);
        if (sql.update("UPDATE users SET state = 'ACTIVE' WHERE id = ? AND state = 'SUSPENDED'", userId) == 1) {
            outbox.add(event(caller, "user.restored", userId, user).of(AuditEvent.Severity.WARNING));
        }
    }

    public void delete(Caller caller, UUID userId) {
        Locked user = lockToChange(caller, userId);
        requireAnotherSuperAdmin(userId, user.role());
        organisations.leaveBehind(caller, userId);
        closing.fire(new AccountClosing(userId));
        outbox.add(event(caller, "user.deleted", userId, user).of(AuditEvent.Severity.WARNING));
        // Everything that is owned refers to the row and goes with it, by the schema's own rule: also what later tables
        // add.
        sql.update("DELETE FROM users WHERE id = ?", userId);
        sql.update("""
                INSERT INTO users (id, email, role, state, epoch, created_at)
                VALUES (?, ?, 'USER', 'DELETED', 0, ?)""", userId, NOBODY.formatted(userId), user.createdAt());
    }

    /**
     * Takes all second factors away, until the owner sets up new ones. What is left are his password and linked providers;
     * with neither, a mailed link for a forgotten password sets one.
     */
    public void resetSecurity(Caller caller, UUID userId) {
        Locked user = lockToChange(caller, userId);
        secondFactors.removeAll(userId);
        outbox.add(event(caller, "user.security-reset", userId, user).of(AuditEvent.Severity.CRITICAL));
    }

    /** Everybody may end his own. */
    public void requireMayEndSessions(Caller caller, UUID userId) {
        UserSummary user = require(userId);
        if (!caller.userId().equals(userId) && !AdminRule.mayChange(Role.of(caller), user.role())) {
            throw new VpnException(PlatformError.NOT_PERMITTED);
        }
    }

    /**
     * For what admins decide about a member elsewhere: within the rule for all that they change of accounts, but that a super
     * admin may do it to himself. Keeps the account from being deleted until the caller's transaction ends.
     *
     * @return his address
     * @throws VpnException {@code USER_NOT_FOUND}, {@code NOT_PERMITTED}
     */
    public String requireMayDecide(Caller caller, UUID userId) {
        return sql.first(
                        "SELECT email, role FROM users WHERE id = ? AND state <> 'DELETED' FOR SHARE",
                        row -> {
                            if (!AdminRule.mayChange(Role.of(caller), Role.valueOf(row.getString("role")))) {
                                throw new VpnException(PlatformError.NOT_PERMITTED);
                            }
                            return row.getString("email");
                        },
                        userId)
                .orElseThrow(() -> notFound(userId));
    }

    private Locked lockToChange(Caller caller, UUID userId) {
        AdminRule.requireAnother(caller, userId);
        Locked user = lock(userId);
        if (!AdminRule.mayChange(Role.of(caller), user.role())) {
            throw new VpnException(PlatformError.NOT_PERMITTED);
        }
        return user;
    }

    /**
     * One change of roles and states at a time, until the caller's transaction ends: two super admins who take each other's
     * role must not both succeed.
     */
    public void lockAdministration() {
        sql.lock("users/administration");
    }

    /**
     * Whether the platform would be without one if this account were none; to be asked under the lock. Those whose role is
     * a provider's word count for nothing: a word of it, or its outage, takes them all.
     */
    public boolean isLastSuperAdmin(UUID userId) {
        return sql.list("""
                        SELECT id FROM users
                        WHERE role = 'SUPER_ADMIN' AND state = 'ACTIVE' AND managed_by IS NULL LIMIT 2""", row -> Sql.uuid(row, "id")).equals(List.of(userId));
    }

    /**
     * The row is not locked against references to it: a writer that confirms a peer of this user goes on, and this waits for
     * it.
     */
    private Locked lock(UUID userId) {
        lockAdministration();
        return sql.first(
                        """
                        SELECT email, role, state, created_at, managed_by FROM users
                        WHERE id = ? AND state <> 'DELETED' FOR NO KEY UPDATE""",
                        row -> new Locked(
                                row.getString("email"),
                                Role.valueOf(row.getString("role")),
                                User.State.valueOf(row.getString("state")),
                                Sql.time(row, "created_at").orElseThrow(),
                                Optional.ofNullable(row.getString("managed_by"))),
                        userId)
                .orElseThrow(() -> notFound(userId));
    }

    /**
     * To be asked before a passkey or a linked identity goes, with the account's row locked: two of these must not take the
     * last two ways in at once.
     *
     * @throws VpnException {@code LAST_WAY_IN}
     */
    public void requireAnotherWayIn(UUID userId, UUID without) {
        sql.first("""
                        SELECT 1 FROM users u WHERE u.id = ? AND (u.password_hash IS NOT NULL
                            OR EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id AND p.id <> ?)
                            OR EXISTS (SELECT 1 FROM user_identities i WHERE i.user_id = u.id AND i.id <> ?))""", row -> true, userId, without, without)
                .orElseThrow(() -> new VpnException(IdentityError.LAST_WAY_IN));
    }

    private void requireAnotherSuperAdmin(UUID userId, Role role) {
        if (role == Role.SUPER_ADMIN && isLastSuperAdmin(userId)) {
            throw new VpnException(IdentityError.LAST_SUPER_ADMIN);
        }
    }

    private static AuditEvent event(Caller caller, String action, UUID userId, Locked user) {
        return AuditEvent.by(caller, action).on("user", userId, user.email()).concerning(userId);
    }

    private static VpnException notFound(UUID userId) {
        return new VpnException(IdentityError.USER_NOT_FOUND, String.valueOf(userId));
    }

    private static UserSummary summary(ResultSet row) throws SQLException {
        return new UserSummary(
                Sql.uuid(row, "id"),
                row.getString("email"),
                Role.valueOf(row.getString("role")),
                User.State.valueOf(row.getString("state")),
                Sql.time(row, "created_at").orElseThrow(),
                Sql.time(row, "email_verified_at"),
                Sql.time(row, "last_sign_in_at"),
                row.getInt("sessions"));
    }
}
