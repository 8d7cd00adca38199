package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HexFormat;

/**
 * Counts tries at credentials: so many for each subject in a window, which begins with the first. One row holds the count
 * and one statement takes a try from it, before what is tried is looked at: so the count is exact over parallel requests
 * and application nodes. Runs in the caller's transaction.
 */
@ApplicationScoped
class CredentialTries {

    /** What tries are counted for, each by itself. */
    enum Kind {
        /** Signing in to an account from a device that it does not know; also to accounts that do not exist. */
        ACCOUNT,
        /** Signing in from one known device. */
        KNOWN_DEVICE,
        /** Anything tried from one network address. */
        ADDRESS,
        /** Mails to one recipient, whoever asked for them. */
        MAILED_LINK
    }

    /**
     * A try that was asked for.
     *
     * @param granted false when the subject has none left
     * @param windowEndsAt when it has all of them again
     */
    public record Try(byte[] subject, boolean granted, OffsetDateTime windowEndsAt) {

        /** The same text for the same subject, for people to compare; tells nothing of whom it is about. */
        String label() {
            return HexFormat.of().formatHex(subject, 0, 8);
        }

        /** @throws VpnException {@code TOO_MANY_TRIES}, with the time to wait */
        void require() {
            if (!granted) {
                throw VpnException.retryAfter(
                        IdentityError.TOO_MANY_TRIES, Duration.between(OffsetDateTime.now(), windowEndsAt));
            }
        }
    }

    private record Limit(int tries, Duration window) {}

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    IdentityConfig config;

    /** Takes a try; the database's row lock puts those who ask at once into an order. */
    Try take(Kind kind, String whom) {
        byte[] subject = secrets.mac(kind + "/" + whom, "credential_tries");
        Limit limit = limitOf(kind);
        return sql.first(
                        """
                        INSERT INTO credential_tries AS t (subject, tries, granted, ends_at)
                        VALUES (?, 1, true, now() + make_interval(secs => ?))
                        ON CONFLICT (subject) DO UPDATE SET
                            granted = t.ends_at <= now() OR t.tries < ?,
                            tries = CASE WHEN t.ends_at <= now() THEN 1 ELSE least(t.tries + 1, ?) END,
                            refused = CASE WHEN t.ends_at <= now() THEN 0 ELSE t.refused END,
                            ends_at = CASE WHEN t.ends_at <= now() THEN excluded.ends_at ELSE t.ends_at END
                        RETURNING granted, ends_at""",
                        row -> new Try(
                                subject,
                                row.getBoolean("granted"),
                                Sql.time(row, "ends_at").orElseThrow()),
                        subject,
                        limit.window().toSeconds(),
                        limit.tries(),
                        limit.tries())
                .orElseThrow();
    }

    /** Gives a try back that was none: it succeeded, or nothing was looked at. The same statement for one not granted. */
    void giveBack(Try taken) {
        sql.update(
                "UPDATE credential_tries SET tries = greatest(tries - ?, 0) WHERE subject = ? AND ends_at = ?",
                taken.granted() ? 1 : 0,
                taken.subject(),
                taken.windowEndsAt());
    }

    /** Gives all back. */
    void forget(Kind kind, String whom) {
        sql.update("DELETE FROM credential_tries WHERE subject = ?", (Object)
                secrets.mac(kind + "/" + whom, "credential_tries"));
    }

    /** Counts somebody who was not let try; says whether he is the first in this window. */
    boolean isFirstRefused(Try refused) {
        return sql.first(
                        "UPDATE credential_tries SET refused = refused + 1 WHERE subject = ? RETURNING refused",
                        row -> row.getLong("refused") == 1,
                        (Object) refused.subject())
                .orElse(false);
    }

    private Limit limitOf(Kind kind) {
        return switch (kind) {
            case ACCOUNT -> new Limit(config.triesPerAccount(), config.triesWindow());
            case KNOWN_DEVICE -> new Limit(config.triesPerKnownDevice(), config.triesWindow());
            case ADDRESS -> new Limit(config.triesPerAddress(), config.triesWindow());
            case MAILED_LINK -> new Limit(config.linkMailsPerHour(), Duration.ofHours(1));
        };
    }
}
