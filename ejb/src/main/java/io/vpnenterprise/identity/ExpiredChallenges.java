package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Challenges that nobody answered, and counts of guesses that count no more. */
@ApplicationScoped
class ExpiredChallenges implements Expirable {

    @Inject
    Sql sql;

    @Inject
    IdentityConfig config;

    @Override
    public String name() {
        return "challenges";
    }

    @Override
    public int removeExpired() {
        return sql.update("DELETE FROM second_factor_challenges WHERE expires_at < now()")
                + sql.update("DELETE FROM passkey_challenges WHERE expires_at < now()")
                + sql.update(
                        "DELETE FROM second_factor_tries WHERE since < now() - make_interval(secs => ?)",
                        config.codeWindow().toSeconds());
    }
}
