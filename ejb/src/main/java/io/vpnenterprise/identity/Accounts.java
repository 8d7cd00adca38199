package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Sign-up, sign-in, refresh, sign-out. Hashing takes tens of milliseconds and stays outside transactions. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Accounts {

    private static final Logger LOG = Logger.getLogger(Accounts.class.getName());

    @Inject
    Passwords passwords;

    @Inject
    Sessions sessions;

    @Inject
    SignInRows signIns;

    @Inject
    AccountRows rows;

    @Inject
    UserSessions userSessions;

    @Inject
    RefreshTokens refreshTokens;

    @Inject
    Metrics metrics;

    @Inject
    TokenIssuer tokens;

    @Inject
    SecondFactors secondFactors;

    /**
     * Makes an account with the role {@code user}, asks for a proof of its address, and signs it in.
     *
     * @param deviceToken of an earlier sign-in on this device; may be null
     * @throws VpnException {@code INVALID_EMAIL}, {@code INVALID_PASSWORD}, {@code COMMON_PASSWORD}, {@code EMAIL_TAKEN},
     *     {@code TOO_MANY_TRIES}
     */
    public SignIn signUp(String email, String password, String deviceToken, Origin origin) {
        String address = EmailAddress.canonical(email);
        Passwords.requireAcceptable(password, address, "password");
        signIns.takeFromAddress(origin).require();
        User user = rows.signUp(address, passwords.hash(password), origin);
        LOG.log(Level.INFO, "user {0} signed up", user.id());
        return tokens.issue(sessions.open(user, "password", deviceToken, origin));
    }

    /**
     * Signs in by password. An unknown address, a wrong password, an account that is locked or may not come in are alike,
     * in the answer and in its time: each takes the same statements and one hash.
     *
     * @param deviceToken of an earlier sign-in on this device: its tries are counted apart; may be null
     * @throws VpnException {@code WRONG_CREDENTIALS}; {@code TOO_MANY_TRIES} for the network address, whatever the account
     */
    public SignInOutcome signIn(String email, String password, String deviceToken, Origin origin) {
        SignInRows.Attempt attempt = signIns.begin(EmailAddress.canonical(email), deviceToken, origin);
        attempt.requireAddress();
        if (!isRight(attempt, password)) {
            signIns.failed(attempt, origin);
            throw new VpnException(IdentityError.WRONG_CREDENTIALS);
        }
        signIns.giveBack(attempt);
        // Hashing took its time: it must be the same account still, with the same password.
        User user = sessions.findUser(attempt.userId())
                .filter(found -> found.passwordHash()
                        .filter(attempt.passwordHash()::equals)
                        .isPresent())
                .orElseThrow(() -> new VpnException(IdentityError.WRONG_CREDENTIALS));
        SignInOutcome outcome = secondFactors.signedIn(user, "password", deviceToken, origin);
        if (Passwords.isOutdated(attempt.passwordHash())) {
            signIns.rehash(attempt.userId(), attempt.passwordHash(), passwords.hash(password));
        }
        return outcome;
    }

    private boolean isRight(SignInRows.Attempt attempt, String password) {
        try {
            boolean right = passwords.matches(password == null ? "" : password, attempt.passwordHash());
            metrics.countPasswordCheck(attempt.counted().granted() ? "checked" : "refused");
            return right;
        } catch (VpnException busy) {
            signIns.giveBack(attempt);
            throw busy;
        }
    }

    /** Trades a refresh token for new tokens; see {@link RefreshTokens} for one that was used before. */
    public SignIn refresh(String refreshToken, Origin origin) {
        Sessions.Opened opened = refreshTokens
                .trade(refreshToken, origin)
                .orElseThrow(() -> new VpnException(IdentityError.REFRESH_TOKEN_INVALID));
        return tokens.issue(opened);
    }

    /** Ends the caller's session: its tokens stop at once. */
    public void signOut(Caller caller) {
        userSessions.end(caller, caller.userId(), caller.credential().id());
    }

    public SignIn.Profile profile(Caller caller) {
        return sessions.findUser(caller.userId())
                .map(user -> SignIn.Profile.of(user, Role.of(caller)))
                .orElseThrow(() -> new VpnException(PlatformError.INVALID_TOKEN));
    }
}
