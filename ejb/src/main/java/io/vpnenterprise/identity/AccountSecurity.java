package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What a member sets up to be harder to rob: the authenticator app and the recovery codes. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class AccountSecurity {

    private static final Logger LOG = Logger.getLogger(AccountSecurity.class.getName());

    /**
     * What is on; never a secret.
     *
     * @param totpSince empty when no app is on
     */
    public record Overview(Optional<OffsetDateTime> totpSince, int recoveryCodesLeft) {}

    /**
     * A secret for an authenticator app, shown this once.
     *
     * @param uri the same for the app to scan
     */
    public record TotpSetup(String secret, String uri) {
        @Override
        public String toString() {
            return "TotpSetup[***]";
        }
    }

    /** What a member proves himself with once more before a change: one of the two. */
    public record Confirmation(String password, String code) {
        @Override
        public String toString() {
            return "Confirmation[***]";
        }
    }

    private final SecureRandom random = new SecureRandom();

    @Inject
    SecondFactorRows rows;

    @Inject
    Sessions sessions;

    @Inject
    Passwords passwords;

    @Inject
    IdentityConfig config;

    public Overview overview(Caller caller) {
        return new Overview(rows.totpConfirmedAt(caller.userId()), rows.recoveryCodesLeft(caller.userId()));
    }

    /** Makes a secret that waits for {@link #confirmTotp}; an earlier one that waits is forgotten. */
    public TotpSetup enableTotp(Caller caller) {
        byte[] secret = new byte[Totp.SECRET_BYTES];
        random.nextBytes(secret);
        if (!rows.addTotp(caller.userId(), secret)) {
            throw new VpnException(IdentityError.TOTP_ALREADY_ON);
        }
        return new TotpSetup(Totp.base32(secret), Totp.uri(secret, caller.email()));
    }

    /** Turns the app on by a first code of it; returns recovery codes, shown this once. */
    public List<String> confirmTotp(Caller caller, String code) {
        countGuess(caller);
        SecondFactorRows.TotpSecret totp = rows.findTotp(caller.userId())
                .filter(pending -> !pending.confirmed())
                .orElseThrow(() -> new VpnException(IdentityError.TOTP_NOT_PENDING));
        long step = Totp.step(totp.secret(), code == null ? "" : code, Instant.now(), totp.lastStep())
                .orElseThrow(() -> VpnException.ofField(IdentityError.CONFIRMATION_WRONG, "code", null));
        List<String> codes = RecoveryCodes.make(random);
        if (!rows.confirmTotp(caller, step, codes)) {
            throw new VpnException(IdentityError.TOTP_NOT_PENDING);
        }
        rows.forgetGuesses(caller.userId(), SecondFactorRows.Guess.CONFIRMATION);
        LOG.log(Level.INFO, "user {0} turned an authenticator app on", caller.userId());
        return codes;
    }

    public void disableTotp(Caller caller, Confirmation confirmation) {
        if (rows.findTotp(caller.userId()).isEmpty()) {
            throw new VpnException(IdentityError.NO_SECOND_FACTOR);
        }
        requireConfirmed(caller, confirmation);
        rows.removeTotp(caller);
        LOG.log(Level.INFO, "user {0} turned the authenticator app off", caller.userId());
    }

    /** Ten new ones, shown this once; the old ones stop working. */
    public List<String> renewRecoveryCodes(Caller caller, Confirmation confirmation) {
        if (rows.factorsOf(caller.userId()).isEmpty()) {
            throw new VpnException(IdentityError.NO_SECOND_FACTOR);
        }
        requireConfirmed(caller, confirmation);
        List<String> codes = RecoveryCodes.make(random);
        rows.renewRecoveryCodes(caller, codes);
        return codes;
    }

    /** A session may be somebody else's by now; a password or a code is the member's own. */
    private void requireConfirmed(Caller caller, Confirmation given) {
        countGuess(caller);
        boolean right = given.code() == null ? isPassword(caller, given.password()) : isCode(caller, given.code());
        if (!right) {
            throw VpnException.ofField(
                    IdentityError.CONFIRMATION_WRONG, given.code() == null ? "password" : "code", null);
        }
        rows.forgetGuesses(caller.userId(), SecondFactorRows.Guess.CONFIRMATION);
    }

    private void countGuess(Caller caller) {
        int guess =
                rows.countGuess(caller.userId(), caller.email(), SecondFactorRows.Guess.CONFIRMATION, caller.origin());
        if (guess > config.codeTries()) {
            throw new VpnException(IdentityError.TOO_MANY_CODES);
        }
    }

    private boolean isPassword(Caller caller, String password) {
        return password != null
                && sessions.findUser(caller.userId())
                        .flatMap(User::passwordHash)
                        .filter(hash -> passwords.matches(password, hash))
                        .isPresent();
    }

    private boolean isCode(Caller caller, String code) {
        OptionalLong step = rows.findTotp(caller.userId())
                .filter(SecondFactorRows.TotpSecret::confirmed)
                .map(totp -> Totp.step(totp.secret(), code, Instant.now(), totp.lastStep()))
                .orElse(OptionalLong.empty());
        return step.isPresent()
                ? rows.useTotp(caller.userId(), step.getAsLong())
                : rows.useRecoveryCode(caller.userId(), caller.email(), RecoveryCodes.canonical(code), caller.origin());
    }
}
