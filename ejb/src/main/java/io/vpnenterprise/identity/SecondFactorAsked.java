package io.vpnenterprise.identity;

import java.time.OffsetDateTime;
import java.util.List;

/**
 * The first proof was right, and the account wants a second one before it opens a session.
 *
 * @param challenge to be presented with the second proof; random, single-use
 * @param methods what the account has, at least one
 * @param expiresAt minutes from now
 */
public record SecondFactorAsked(String challenge, List<SecondFactor> methods, OffsetDateTime expiresAt)
        implements SignInOutcome {

    public SecondFactorAsked {
        methods = List.copyOf(methods);
    }

    @Override
    public String toString() {
        return "SecondFactorAsked[***, " + methods + ", " + expiresAt + "]";
    }
}
