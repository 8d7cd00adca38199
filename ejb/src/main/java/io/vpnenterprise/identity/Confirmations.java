package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether it is still the member who has the session: asked before a change that would outlive a stolen one. Hashing takes
 * tens of milliseconds: to be called outside transactions.
 */
@ApplicationScoped
public class Confirmations {

    @Inject
    SecondFactorRows rows;

    @Inject
    Sessions sessions;

    @Inject
    Passwords passwords;

    @Inject
    IdentityConfig config;

    /** @throws VpnException {@code CONFIRMATION_NEEDED} when the sign-in, or the last confirmation, is minutes ago */
    public void requireRecent(Caller caller) {
        if (!rows.confirmedRecently(caller.credential().id())) {
            throw new VpnException(IdentityError.CONFIRMATION_NEEDED);
        }
    }

    /** @throws VpnException {@code CONFIRMATION_WRONG}, {@code TOO_MANY_CODES} */
    void require(Caller caller, Confirmation given) {
        countGuess(caller);
        boolean right =
                given.code() == null ? matchedHash(caller, given.password()).isPresent() : isCode(caller, given.code());
        if (!right) {
            throw wrong(given.code() == null ? "password" : "code");
        }
        right(caller);
    }

    /**
     * For changes that the password alone permits.
     *
     * @param field of the request that carries it
     * @return the hash that it matched: what it permits is done only while the account still has it
     * @throws VpnException {@code CONFIRMATION_WRONG}, also when the account has none; {@code TOO_MANY_CODES}
     */
    String requirePassword(Caller caller, String password, String field) {
        countGuess(caller);
        String hash = matchedHash(caller, password).orElseThrow(() -> wrong(field));
        right(caller);
        return hash;
    }

    /** To be called before a password or code is checked: whoever has the session must not guess without end. */
    void countGuess(Caller caller) {
        rows.countGuess(caller.userId(), caller.email(), SecondFactorRows.Guess.CONFIRMATION, caller.origin())
                .require(config.codeTries());
    }

    void right(Caller caller) {
        rows.confirmed(caller.userId(), caller.credential().id());
    }

    static VpnException wrong(String field) {
        return VpnException.ofField(IdentityError.CONFIRMATION_WRONG, field, null);
    }

    private Optional<String> matchedHash(Caller caller, String password) {
        return Optional.ofNullable(password)
                .flatMap(given -> sessions.findUser(caller.userId()))
                .flatMap(User::passwordHash)
                .filter(hash -> passwords.matches(password, hash));
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
