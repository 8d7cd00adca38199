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
import java.util.logging.Level;
import java.util.logging.Logger;

/** What a member sets up to be harder to rob: the authenticator app and the recovery codes; see {@link Passkeys} too. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class AccountSecurity {

    private static final Logger LOG = Logger.getLogger(AccountSecurity.class.getName());

    /**
     * What is on; never a secret.
     *
     * @param totpSince empty when no app is on
     */
    public record Overview(Optional<OffsetDateTime> totpSince, int passkeys, int recoveryCodesLeft) {}

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

    private final SecureRandom random = new SecureRandom();

    @Inject
    SecondFactorRows rows;

    @Inject
    PasskeyRows passkeys;

    @Inject
    Confirmations confirmations;

    public Overview overview(Caller caller) {
        return new Overview(
                rows.totpConfirmedAt(caller.userId()),
                passkeys.all(caller.userId()).size(),
                rows.recoveryCodesLeft(caller.userId()));
    }

    /** Lets the session change for some minutes what asks for a recent sign-in. */
    public void confirm(Caller caller, Confirmation confirmation) {
        confirmations.require(caller, confirmation);
    }

    /** Makes a secret that waits for {@link #confirmTotp}; an earlier one that waits is forgotten. */
    public TotpSetup enableTotp(Caller caller) {
        confirmations.requireRecent(caller);
        byte[] secret = new byte[Totp.SECRET_BYTES];
        random.nextBytes(secret);
        if (!rows.addTotp(caller.userId(), secret)) {
            throw new VpnException(IdentityError.TOTP_ALREADY_ON);
        }
        return new TotpSetup(Totp.base32(secret), Totp.uri(secret, caller.email()));
    }

    /** Turns the app on by a first code of it; returns recovery codes, shown this once. */
    public List<String> confirmTotp(Caller caller, String code) {
        confirmations.countGuess(caller);
        SecondFactorRows.TotpSecret totp = rows.findTotp(caller.userId())
                .filter(pending -> !pending.confirmed())
                .orElseThrow(() -> new VpnException(IdentityError.TOTP_NOT_PENDING));
        long step = Totp.step(totp.secret(), code == null ? "" : code, Instant.now(), totp.lastStep())
                .orElseThrow(() -> Confirmations.wrong("code"));
        List<String> codes = RecoveryCodes.make(random);
        if (!rows.confirmTotp(caller, totp, step, codes)) {
            throw new VpnException(IdentityError.TOTP_NOT_PENDING);
        }
        confirmations.right(caller);
        LOG.log(Level.INFO, "user {0} turned an authenticator app on", caller.userId());
        return codes;
    }

    public void disableTotp(Caller caller, Confirmation confirmation) {
        if (rows.findTotp(caller.userId()).isEmpty()) {
            throw new VpnException(IdentityError.NO_SECOND_FACTOR);
        }
        confirmations.require(caller, confirmation);
        rows.removeTotp(caller);
        LOG.log(Level.INFO, "user {0} turned the authenticator app off", caller.userId());
    }

    /** Ten new ones, shown this once; the old ones stop working. */
    public List<String> renewRecoveryCodes(Caller caller, Confirmation confirmation) {
        if (rows.factorsOf(caller.userId()).isEmpty()) {
            throw new VpnException(IdentityError.NO_SECOND_FACTOR);
        }
        confirmations.require(caller, confirmation);
        List<String> codes = RecoveryCodes.make(random);
        rows.renewRecoveryCodes(caller, codes);
        return codes;
    }
}
