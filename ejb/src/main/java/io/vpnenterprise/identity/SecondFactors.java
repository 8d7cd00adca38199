package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The end of every sign-in: a session, or for an account with a second factor the question for it, and its answer. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class SecondFactors {

    /**
     * A second proof.
     *
     * @param code for all but a passkey
     * @param assertion for a passkey; else null
     */
    public record Answer(SecondFactor factor, String code, Passkey.Assertion assertion) {
        public Answer {
            code = code == null ? "" : code;
        }

        @Override
        public String toString() {
            return "Answer[" + factor + ", ***]";
        }
    }

    @Inject
    SecondFactorRows rows;

    @Inject
    Passkeys passkeys;

    @Inject
    Sessions sessions;

    @Inject
    TokenIssuer tokens;

    @Inject
    IdentityConfig config;

    /**
     * Goes on with a user whose first proof was right.
     *
     * @param user as he was when he gave it
     * @param method the first proof, for people to read: {@code password}, or a provider's name
     * @param deviceToken of an earlier sign-in on this device; may be null
     * @throws VpnException {@code WRONG_CREDENTIALS} when his account changed since
     */
    public SignInOutcome signedIn(User user, String method, String deviceToken, Origin origin) {
        if (!rows.hasFactor(user.id())) {
            return signedInAtOnce(user, method, deviceToken, origin);
        }
        List<SecondFactor> has = rows.factorsOf(user.id());
        SecondFactorRows.Asked asked = rows.ask(user, method, origin);
        return new SecondFactorAsked(
                asked.challenge(),
                has,
                asked.expiresAt(),
                has.contains(SecondFactor.PASSKEY)
                        ? Optional.of(passkeys.secondFactorOptions(user.id(), asked.challenge()))
                        : Optional.empty());
    }

    /** As {@link #signedIn}, for a first proof that stands for both: no second one is asked for. */
    public SignIn signedInAtOnce(User user, String method, String deviceToken, Origin origin) {
        return tokens.issue(sessions.open(user, method, deviceToken, origin));
    }

    /**
     * Takes the second proof.
     *
     * @param challenge as {@link #signedIn} gave it; a few wrong answers end it
     * @param deviceToken of an earlier sign-in on this device; may be null
     * @throws VpnException {@code CHALLENGE_INVALID}, {@code WRONG_CODE}, or {@code TOO_MANY_CODES} for a time
     */
    public SignIn answer(String challenge, Answer answer, String deviceToken, Origin origin) {
        SecondFactorRows.Challenge asked =
                rows.takeTry(challenge, origin).orElseThrow(() -> new VpnException(IdentityError.CHALLENGE_INVALID));
        Optional<Sessions.Opened> opened =
                switch (answer.factor()) {
                    case TOTP -> openByTotp(asked, answer.code(), deviceToken, origin);
                    case RECOVERY_CODE -> openByRecoveryCode(asked, answer.code(), deviceToken, origin);
                    case PASSKEY -> openByPasskey(asked, challenge, answer.assertion(), deviceToken, origin);
                };
        return tokens.issue(opened.orElseThrow(() -> new VpnException(IdentityError.WRONG_CODE)));
    }

    private Optional<Sessions.Opened> openByTotp(
            SecondFactorRows.Challenge asked, String code, String deviceToken, Origin origin) {
        rows.countGuess(asked.userId(), asked.email(), SecondFactorRows.Guess.SIGN_IN_CODE, origin)
                .require(config.codeTries());
        OptionalLong step = rows.findTotp(asked.userId())
                .filter(SecondFactorRows.TotpSecret::confirmed)
                .map(totp -> Totp.step(totp.secret(), code, Instant.now(), totp.lastStep()))
                .orElse(OptionalLong.empty());
        Optional<Sessions.Opened> opened =
                step.isPresent() ? rows.openByTotp(asked, step.getAsLong(), deviceToken, origin) : Optional.empty();
        if (opened.isEmpty()) {
            rows.refused(asked, SecondFactor.TOTP, origin);
        }
        return opened;
    }

    /** The challenge itself is what the key signs. */
    private Optional<Sessions.Opened> openByPasskey(
            SecondFactorRows.Challenge asked,
            String challenge,
            Passkey.Assertion assertion,
            String deviceToken,
            Origin origin) {
        Optional<Sessions.Opened> opened = passkeys.proveSecondFactor(asked.userId(), assertion, challenge, origin)
                .flatMap(use -> rows.openByPasskey(asked, use, deviceToken, origin));
        if (opened.isEmpty()) {
            refusedOfMany(asked, SecondFactor.PASSKEY, origin);
        }
        return opened;
    }

    /**
     * Nobody guesses 60 bits, so these are not limited by the hour: an attacker who uses up the codes of the app must not
     * shut the owner out.
     */
    private Optional<Sessions.Opened> openByRecoveryCode(
            SecondFactorRows.Challenge asked, String code, String deviceToken, Origin origin) {
        Optional<Sessions.Opened> opened =
                rows.openByRecoveryCode(asked, RecoveryCodes.canonical(code), deviceToken, origin);
        if (opened.isEmpty()) {
            refusedOfMany(asked, SecondFactor.RECOVERY_CODE, origin);
        }
        return opened;
    }

    /** What may be tried without end is told to the audit only so often. */
    private void refusedOfMany(SecondFactorRows.Challenge asked, SecondFactor factor, Origin origin) {
        int guess = rows.countGuess(asked.userId(), asked.email(), SecondFactorRows.Guess.NOT_GUESSABLE, origin)
                .number();
        if (guess <= config.codeTries()) {
            rows.refused(asked, factor, origin);
        }
    }
}
