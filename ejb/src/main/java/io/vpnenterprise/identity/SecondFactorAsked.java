package io.vpnenterprise.identity;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/**
 * The first proof was right, and the account wants a second one before it opens a session.
 *
 * @param challenge to be presented with the second proof; random, single-use
 * @param methods what the account has, at least one
 * @param expiresAt minutes from now
 * @param passkey what a browser answers by, where the account has one
 */
public record SecondFactorAsked(
        String challenge,
        List<SecondFactor> methods,
        OffsetDateTime expiresAt,
        Optional<Passkey.RequestOptions> passkey)
        implements SignInOutcome {

    public SecondFactorAsked {
        methods = List.copyOf(methods);
    }

    @Override
    public String toString() {
        return "SecondFactorAsked[***, " + methods + ", " + expiresAt + "]";
    }
}
