package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Sessions that are over, and their refresh tokens with them. */
@ApplicationScoped
class EndedSessions implements Expirable {

    @Inject
    Sql sql;

    @Inject
    IdentityConfig config;

    @Override
    public String name() {
        return "sessions";
    }

    @Override
    public int removeExpired() {
        // A day later, so that whoever asks why he was signed out still finds the row.
        return sql.update("""
                DELETE FROM sessions
                WHERE least(ended_at, expires_at, last_used_at + make_interval(secs => ?)) < now() - interval '1 day'""", config.sessionIdle().toSeconds());
    }
}
