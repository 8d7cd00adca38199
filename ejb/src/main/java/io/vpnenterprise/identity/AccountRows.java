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

    /** An account whose row is locked. */
    private record Owner(String email, boolean verified) {}

    @Inject
    Sessions sessions;

    @Inject
    UserSessions userSessions;

    @Inject
    SecondFactorRows secondFactors;

    @Inject
    ApiKeyStandings apiKeys;

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
        String before = requireOwner(link.userId()).email();
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
     * Sets the password of whoever has the link, and ends all that was signed in with the old one, API keys too. He gets
     * all tries back, and his device becomes a known one: for an owner whose account is under attack this is the way in from
     * a new device. Of an account whose address was never proved, nothing stays that somebody else may have set up.
     *
     * @param deviceToken may be null
     * @return what the device is known by
     */
    public String resetPassword(String token, String passwordHash, String deviceToken, Origin origin) {
        AccountLink link = links.take(token, Purpose.RESET_PASSWORD)
                .orElseThrow(() -> new VpnException(IdentityError.LINK_INVALID));
        Owner owner = requireOwner(link.userId());
        if (!owner.email().equals(link.email())) {
            throw new VpnException(IdentityError.LINK_INVALID);
        }
        // Whoever reads the mailbox has proved the address too.
        sql.update("""
                UPDATE users SET password_hash = ?, epoch = epoch + 1,
                    email_verified_at = coalesce(email_verified_at, now())
                WHERE id = ?""", passwordHash, link.userId());
        endSessions(link.userId(), null);
        int keys = sql.update("DELETE FROM api_keys WHERE user_id = ?", link.userId());
        apiKeys.forgetUser(link.userId());
        if (!owner.verified()) {
            removeOtherWaysIn(link.userId());
        }
        outbox.add(AuditEvent.byUser(link.userId(), link.email(), "user.password-reset", origin)
                .of(AuditEvent.Severity.WARNING)
                .on("user", link.userId(), link.email())
                .with("apiKeysRevoked", keys));
        tries.forget(Kind.ACCOUNT, link.email());
        // That he is here, the reset itself tells.
        return devices.remember(link.userId(), link.email(), false, deviceToken, origin);
    }

    /** Who signed up with this address may be somebody else than its owner. */
    private void removeOtherWaysIn(UUID userId) {
        secondFactors.removeAll(userId);
        sql.update("DELETE FROM user_identities WHERE user_id = ?", userId);
        sql.update("DELETE FROM known_devices WHERE user_id = ?", userId);
    }

    /**
     * Sets the caller's password and ends his other sessions.
     *
     * @param confirmedHash of the password that he gave
     * @throws VpnException {@code CONFIRMATION_WRONG} when the account has another by now
     */
    public void changePassword(Caller caller, String confirmedHash, String passwordHash) {
        lockConfirmed(caller, confirmedHash, "currentPassword");
        sql.update("UPDATE users SET password_hash = ? WHERE id = ?", passwordHash, caller.userId());
        endSessions(caller.userId(), caller.credential().id());
        outbox.add(AuditEvent.by(caller, "user.password-changed")
                .of(AuditEvent.Severity.WARNING)
                .on("user", caller.userId(), caller.email()));
    }

    /**
     * Lets the new address be asked; until it answers, the account stays where it is.
     *
     * @param confirmedHash of the password that the caller gave
     * @throws VpnException {@code CONFIRMATION_WRONG} when the account has another by now; {@code TOO_MANY_TRIES} when the
     *     address got too many mails
     */
    public void askNewEmail(Caller caller, String confirmedHash, String email) {
        lockConfirmed(caller, confirmedHash, "password");
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

    /** A reset that came between must not be undone by somebody with the old password. */
    private void lockConfirmed(Caller caller, String passwordHash, String field) {
        sql.first(
                        "SELECT 1 FROM users WHERE id = ? AND password_hash = ? AND state = 'ACTIVE' FOR NO KEY UPDATE",
                        row -> true,
                        caller.userId(),
                        passwordHash)
                .orElseThrow(() -> Confirmations.wrong(field));
    }

    /** With the links that somebody with the old password may have asked for. */
    private void endSessions(UUID userId, UUID except) {
        links.end(userId, Purpose.RESET_PASSWORD);
        links.end(userId, Purpose.CHANGE_EMAIL);
        userSessions.endLinking(userId);
        sql.update("""
                UPDATE sessions SET ended_at = now()
                WHERE user_id = ? AND ended_at IS NULL AND id IS DISTINCT FROM ?::uuid""", userId, except);
        // An old password that waits for its second factor must not become a session either.
        sql.update("DELETE FROM second_factor_challenges WHERE user_id = ?", userId);
        standings.forgetUser(userId);
    }

    /** Of a link that was taken, so that the row is locked. */
    private Owner requireOwner(UUID userId) {
        Optional<Owner> owner = sql.first(
                "SELECT email, email_verified_at FROM users WHERE id = ? AND state = 'ACTIVE'",
                row -> new Owner(
                        row.getString("email"),
                        Sql.time(row, "email_verified_at").isPresent()),
                userId);
        return owner.orElseThrow(() -> new VpnException(IdentityError.LINK_INVALID));
    }
}
