package io.vpnenterprise.identity;

import io.vpnenterprise.identity.CredentialTries.Kind;
import io.vpnenterprise.identity.CredentialTries.Try;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.UUID;

/**
 * The short transactions around the check of a password. Whether an account exists, is locked, or may come in at all, makes
 * no difference to the statements that run: the time of an answer must not tell.
 */
@Stateless
public class SignInRows {

    /**
     * Somebody who wants to sign in, before anything of him is checked.
     *
     * @param userId null when no account has the address
     * @param passwordHash of the account, or one that no password has: there is no account, it may not come in, it has no
     *     password, or there is no try left
     * @param fromAddress the try that it costs the network address; null from a known device
     * @param counted the try that it costs the account or the device; null when the address has none left
     */
    public record Attempt(UUID userId, String email, String passwordHash, Try fromAddress, Try counted) {

        /** @throws VpnException {@code TOO_MANY_TRIES} */
        void requireAddress() {
            if (fromAddress != null) {
                fromAddress.require();
            }
        }

        @Override
        public String toString() {
            return "Attempt[" + userId + ", ***]";
        }
    }

    private record Account(UUID id, String passwordHash, UUID knownDevice) {}

    @Inject
    Sql sql;

    @Inject
    CredentialTries tries;

    @Inject
    Outbox outbox;

    /**
     * Takes a try of the network address, for what everybody may call and what costs something. The first that is not
     * granted in a window makes an event: somebody tries one password at many accounts.
     */
    public Try takeFromAddress(Origin origin) {
        Try taken = tries.take(Kind.ADDRESS, origin.network());
        if (!taken.granted() && tries.isFirstRefused(taken)) {
            outbox.add(AuditEvent.byUnknown("network-address.locked", origin)
                    .of(AuditEvent.Severity.WARNING)
                    .on("network-address", origin.network(), "")
                    .with("until", taken.windowEndsAt()));
        }
        return taken;
    }

    /**
     * Takes the tries that a sign-in costs: of the known device that presents itself, else of the network address and the
     * account.
     */
    public Attempt begin(String email, String deviceToken, Origin origin) {
        // One row, whoever exists.
        Account account = sql.first(
                        """
                        SELECT u.id, d.id AS device_id, CASE WHEN u.state = 'ACTIVE' THEN u.password_hash END AS hash
                        FROM (SELECT ?::text AS email) asked
                        LEFT JOIN users u ON u.email = asked.email
                        LEFT JOIN known_devices d ON d.user_id = u.id AND d.token_hash = ? AND d.expires_at > now()""",
                        row -> new Account(Sql.uuid(row, "id"), row.getString("hash"), Sql.uuid(row, "device_id")),
                        email,
                        KnownDevices.hash(deviceToken))
                .orElseThrow();
        if (account.knownDevice() != null) {
            Try ofDevice = tries.take(Kind.KNOWN_DEVICE, account.knownDevice().toString());
            return attempt(account, email, null, ofDevice);
        }
        Try fromAddress = takeFromAddress(origin);
        return fromAddress.granted()
                ? attempt(account, email, fromAddress, tries.take(Kind.ACCOUNT, email))
                : new Attempt(null, email, Passwords.NOBODYS, fromAddress, null);
    }

    private static Attempt attempt(Account account, String email, Try fromAddress, Try counted) {
        boolean checkable = account.passwordHash() != null && counted.granted();
        return new Attempt(
                account.id(), email, checkable ? account.passwordHash() : Passwords.NOBODYS, fromAddress, counted);
    }

    /** Gives the tries back: the password was right, or not looked at. */
    public void giveBack(Attempt attempt) {
        if (attempt.fromAddress() != null) {
            tries.giveBack(attempt.fromAddress());
        }
        tries.giveBack(attempt.counted());
    }

    /**
     * Notes a sign-in that failed. A flood must not fill the disk, so of those that were not let try, the first in a window
     * makes an event and the others are counted: a row is written for each either way.
     */
    public void failed(Attempt attempt, Origin origin) {
        if (attempt.counted().granted()) {
            outbox.add(of(attempt, "user.sign-in-failed", origin));
        } else if (tries.isFirstRefused(attempt.counted())) {
            outbox.add(of(attempt, "user.locked", origin)
                    .of(AuditEvent.Severity.WARNING)
                    .with("until", attempt.counted().windowEndsAt())
                    .with("for", attempt.fromAddress() == null ? "a known device" : "unknown devices"));
        }
    }

    /**
     * Notes a sign-in that a provider, or what we make of its answer, did not allow. Anybody can make one at no cost, so it
     * costs a try of the network address, and without one it is not written down.
     */
    public void refused(String provider, String reason, Origin origin) {
        if (takeFromAddress(origin).granted()) {
            outbox.add(AuditEvent.byUnknown("user.sign-in-refused", origin)
                    .with("provider", provider)
                    .with("reason", reason));
        }
    }

    private static AuditEvent of(Attempt attempt, String action, Origin origin) {
        AuditEvent event = AuditEvent.byUnknown(action, origin);
        // Whoever has no account here has not asked us to keep his address.
        return attempt.userId() == null
                ? event.on("account", attempt.counted().label(), "")
                : event.on("user", attempt.userId(), attempt.email()).concerning(attempt.userId());
    }

    /** Replaces a hash that is cheaper than today's, unless the password was changed meanwhile. */
    public void rehash(UUID userId, String oldHash, String newHash) {
        sql.update("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?", newHash, userId, oldHash);
    }
}
