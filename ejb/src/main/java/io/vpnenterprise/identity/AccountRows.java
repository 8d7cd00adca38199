package io.vpnenterprise.identity;

import io.vpnenterprise.identity.AccountLink.Purpose;
import io.vpnenterprise.identity.CredentialTries.Kind;
import io.vpnenterprise.identity.CredentialTries.Try;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;

/** The short transactions of {@link Accounts} and {@link AccountChanges}: accounts, their addresses, their passwords. */
@Stateless
public class AccountRows {

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Sessions sessions;

    @Inject
    AccountLinks links;

    @Inject
    Standings standings;

    @Inject
    CredentialTries tries;

    @Inject
    KnownDevices devices;

    /** Adds an account that signed up by itself, and asks for a proof of its address. */
    public User signUp(String email, String passwordHash, Origin origin) {
        User user = sessions.addUser(email, passwordHash, Role.USER);
        links.make(user.id(), email, Purpose.VERIFY_EMAIL);
        outbox.add(AuditEvent.byUser(user.id(), email, "user.created", origin).on("user", user.id(), email));
        return user;
    }

    /** Adds the admin whom the settings name: the operator vouches for the address. */
    public User addFirstAdmin(String email, String passwordHash) {
        User user = sessions.addUser(email, passwordHash, Role.SUPER_ADMIN);
        sql.update("UPDATE users SET email_verified_at = now() WHERE id = ?", user.id());
        outbox.add(AuditEvent.bySystem("user.created")
                .on("user", user.id(), email)
                .concerning(user.id())
                .with("role", Role.SUPER_ADMIN.label()));
        return user;
    }

    /**
     * Lets the link for a forgotten password be mailed, if an account has the address; costs the same if none has. A
     * recipient who got too many gets no more.
     */
    public void makeResetLink(String email, Origin origin) {
        Try asked = tries.take(Kind.MAILED_LINK, email);
        if (!asked.granted()) {
            return;
        }
        UUID userId = sql.first(
                        "SELECT id FROM users WHERE email = ? AND state = 'ACTIVE'", row -> Sql.uuid(row, "id"), email)
                .orElse(null);
        links.make(userId, email, Purpose.RESET_PASSWORD);
        // Also of an address that nobody has: the same work for both, but strangers' addresses are not kept.
        AuditEvent event = AuditEvent.byUnknown("password-reset.asked", origin);
        outbox.add(
                userId == null
                        ? event.on("account", asked.label(), "")
                        : event.on("user", userId, email).concerning(userId));
    }

    /**
     * Follows a link that proves an address: the account's own, or the one it moves to.
     *
     * @throws VpnException {@code LINK_INVALID}; {@code EMAIL_TAKEN} when another account has the address by now
     */
    public void verifyEmail(String token, Origin origin) {
        AccountLink link = links.take(token, Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL)
                .orElseThrow(() -> new VpnException(IdentityError.LINK_INVALID));
        String before = requireUser(link.userId());
        if (link.purpose() == Purpose.CHANGE_EMAIL) {
            moveTo(link, before, origin);
        } else if (before.equals(link.email())) {
            sql.update("UPDATE users SET email_verified_at = now() WHERE id = ?", link.userId());
            links.end(link.userId(), Purpose.VERIFY_EMAIL);
            outbox.add(AuditEvent.byUser(link.userId(), before, "user.email-verified", origin)
                    .on("user", link.userId(), before));
        } else {
            // It proves an address that the account has left.
            throw new VpnException(IdentityError.LINK_INVALID);
        }
    }

    private void moveTo(AccountLink link, String before, Origin origin) {
        try {
            sql.update(
                    "UPDATE users SET email = ?, email_verified_at = now() WHERE id = ?", link.email(), link.userId());
        } catch (VpnException e) {
            if (Sql.violates(e, "users_email_key")) {
                throw VpnException.ofField(IdentityError.EMAIL_TAKEN, "email", null);
            }
            throw e;
        }
        // What lies in the old mailbox opens nothing any more.
        for (Purpose purpose : Purpose.values()) {
            links.end(link.userId(), purpose);
        }
        standings.forgetUser(link.userId());
        outbox.add(AuditEvent.byUser(link.userId(), before, "user.email-changed", origin)
                .of(AuditEvent.Severity.WARNING)
                .on("user", link.userId(), link.email()));
    }

    /**
     * Sets the password of whoever has the link, and ends all that was signed in with the old one. He gets all tries back,
     * and his device becomes a known one: for an owner whose account is under attack this is the way in from a new device.
     *
     * @param deviceToken may be null
     * @return what the device is known by
     */
    public String resetPassword(String token, String passwordHash, String deviceToken, Origin origin) {
        AccountLink link = links.take(token, Purpose.RESET_PASSWORD)
                .orElseThrow(() -> new VpnException(IdentityError.LINK_INVALID));
        // Whoever reads the mailbox has proved the address too.
        int changed = sql.update("""
                UPDATE users SET password_hash = ?, epoch = epoch + 1,
                    email_verified_at = coalesce(email_verified_at, now())
                WHERE id = ? AND email = ? AND state = 'ACTIVE'""", passwordHash, link.userId(), link.email());
        if (changed == 0) {
            throw new VpnException(IdentityError.LINK_INVALID);
        }
        links.end(link.userId(), Purpose.RESET_PASSWORD);
        endSessions(link.userId(), null);
        outbox.add(AuditEvent.byUser(link.userId(), link.email(), "user.password-reset", origin)
                .of(AuditEvent.Severity.WARNING)
                .on("user", link.userId(), link.email()));
        tries.forget(Kind.ACCOUNT, link.email());
        return devices.remember(link.userId(), deviceToken, origin);
    }

    /** Sets the caller's password and ends his other sessions. */
    public void changePassword(Caller caller, String passwordHash) {
        sql.update("UPDATE users SET password_hash = ? WHERE id = ?", passwordHash, caller.userId());
        links.end(caller.userId(), Purpose.RESET_PASSWORD);
        // Whoever was at the second factor had the old one.
        sql.update("DELETE FROM second_factor_challenges WHERE user_id = ?", caller.userId());
        endSessions(caller.userId(), caller.credential().id());
        outbox.add(AuditEvent.by(caller, "user.password-changed")
                .of(AuditEvent.Severity.WARNING)
                .on("user", caller.userId(), caller.email()));
    }

    /**
     * Lets the new address be asked; until it answers, the account stays where it is.
     *
     * @throws VpnException {@code TOO_MANY_TRIES} when the address got too many mails
     */
    public void askNewEmail(Caller caller, String email) {
        tries.take(Kind.MAILED_LINK, email).require();
        // Of several asked for, the last one counts.
        links.end(caller.userId(), Purpose.CHANGE_EMAIL);
        links.make(caller.userId(), email, Purpose.CHANGE_EMAIL);
        outbox.add(AuditEvent.by(caller, "user.email-change-asked")
                .of(AuditEvent.Severity.WARNING)
                .on("user", caller.userId(), email));
    }

    /**
     * Lets a new link for the caller's own address be mailed; nothing when it is proved already.
     *
     * @throws VpnException {@code TOO_MANY_TRIES} when it got too many
     */
    public void askVerification(Caller caller) {
        tries.take(Kind.MAILED_LINK, caller.email()).require();
        sql.first(
                        "SELECT email FROM users WHERE id = ? AND email_verified_at IS NULL",
                        row -> row.getString("email"),
                        caller.userId())
                .ifPresent(email -> {
                    links.make(caller.userId(), email, Purpose.VERIFY_EMAIL);
                    outbox.add(AuditEvent.by(caller, "email-verification.asked").on("user", caller.userId(), email));
                });
    }

    private void endSessions(UUID userId, UUID except) {
        sql.update("""
                UPDATE sessions SET ended_at = now()
                WHERE user_id = ? AND ended_at IS NULL AND id IS DISTINCT FROM ?::uuid""", userId, except);
        // An old password that waits for its second factor must not become a session either.
        sql.update("DELETE FROM second_factor_challenges WHERE user_id = ?", userId);
        standings.forgetUser(userId);
    }

    /** Returns the account's address; locks its row, so that one change comes after the other. */
    private String requireUser(UUID userId) {
        Optional<String> email = sql.first(
                "SELECT email FROM users WHERE id = ? AND state <> 'DELETED' FOR UPDATE",
                row -> row.getString("email"),
                userId);
        return email.orElseThrow(() -> new VpnException(IdentityError.LINK_INVALID));
    }
}
