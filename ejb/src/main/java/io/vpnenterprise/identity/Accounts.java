package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.Optional;
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
    AccountRows rows;

    @Inject
    UserSessions userSessions;

    @Inject
    RefreshTokens refreshTokens;

    @Inject
    TokenIssuer tokens;

    @Inject
    SecondFactors secondFactors;

    /** Makes an account with the role {@code user} and signs it in. */
    public SignIn signUp(String email, String password, Origin origin) {
        String address = EmailAddress.canonical(email);
        Passwords.requireAcceptable(password);
        User user = rows.signUp(address, passwords.hash(password), origin);
        LOG.log(Level.INFO, "user {0} signed up", user.id());
        return tokens.issue(sessions.open(user, "password", origin));
    }

    /** Unknown address and wrong password are alike, in code and in time. */
    public SignInOutcome signIn(String email, String password, Origin origin) {
        String given = password == null ? "" : password;
        Optional<User> user =
                sessions.findUser(EmailAddress.canonical(email)).filter(found -> found.state() == User.State.ACTIVE);
        Optional<String> hash = user.flatMap(User::passwordHash);
        if (hash.isEmpty()) {
            passwords.matchNothing(given);
            throw new VpnException(IdentityError.WRONG_CREDENTIALS);
        }
        if (!passwords.matches(given, hash.get())) {
            LOG.log(Level.INFO, "wrong password for user {0}", user.get().id());
            throw new VpnException(IdentityError.WRONG_CREDENTIALS);
        }
        return secondFactors.signedIn(user.get(), "password", origin);
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
                .map(SignIn.Profile::of)
                .orElseThrow(() -> new VpnException(PlatformError.INVALID_TOKEN));
    }
}
