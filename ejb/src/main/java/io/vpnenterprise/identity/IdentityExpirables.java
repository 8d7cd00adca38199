package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.util.function.IntSupplier;

/** What this feature keeps for a time and no longer. */
@ApplicationScoped
class IdentityExpirables {

    private record Rows(String name, IntSupplier removal) implements Expirable {
        @Override
        public int removeExpired() {
            return removal.getAsInt();
        }
    }

    @Inject
    Sql sql;

    @Inject
    IdentityConfig config;

    /** Links that open nothing any more. */
    @Produces
    Expirable accountLinks() {
        return new Rows("account-links", () -> sql.update("DELETE FROM account_links WHERE expires_at < now()"));
    }

    /** API keys that ran out, a month later: until then their owner sees why his program stopped. */
    @Produces
    Expirable apiKeys() {
        return new Rows(
                "api-keys", () -> sql.update("DELETE FROM api_keys WHERE expires_at < now() - interval '30 days'"));
    }

    /** Challenges that nobody answered, and counts of guesses that count no more. */
    @Produces
    Expirable challenges() {
        return new Rows(
                "challenges",
                () -> sql.update("DELETE FROM second_factor_challenges WHERE expires_at < now()")
                        + sql.update("DELETE FROM passkey_challenges WHERE expires_at < now()")
                        + sql.update(
                                "DELETE FROM second_factor_tries WHERE since < now() - make_interval(secs => ?)",
                                config.codeWindow().toSeconds()));
    }

    /** Counts of windows that are over. */
    @Produces
    Expirable credentialTries() {
        return new Rows("credential-tries", () -> sql.update("DELETE FROM credential_tries WHERE ends_at < now()"));
    }

    /** Invitations that are over, once they count for no limit any more: they hold addresses of strangers. */
    @Produces
    Expirable invitations() {
        return new Rows("invitations", () -> sql.update("""
                DELETE FROM invitations
                WHERE created_at < now() - interval '1 day' AND (ended_at IS NOT NULL OR expires_at < now())"""));
    }

    /** Devices that nobody has signed in with for long. */
    @Produces
    Expirable knownDevices() {
        return new Rows("known-devices", () -> sql.update("DELETE FROM known_devices WHERE expires_at < now()"));
    }

    /**
     * Sessions that are over, and their refresh tokens with them; a day later, so that whoever asks why he was signed out
     * still finds the row.
     */
    @Produces
    Expirable sessions() {
        return new Rows("sessions", () -> sql.update("""
                        DELETE FROM sessions
                        WHERE least(ended_at, expires_at, last_used_at + make_interval(secs => ?))
                            < now() - interval '1 day'""", config.sessionIdle().toSeconds()));
    }
}
