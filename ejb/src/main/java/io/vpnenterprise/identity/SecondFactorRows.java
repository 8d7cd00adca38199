package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The short transactions of {@link SecondFactors} and {@link AccountSecurity}. */
@Stateless
public class SecondFactorRows {

    /** As many as a person needs who mistypes, on one challenge. */
    private static final int MAX_TRIES = 5;

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    Outbox outbox;

    @Inject
    Sessions sessions;

    @Inject
    PasskeyRows passkeys;

    @Inject
    IdentityConfig config;

    /** A question as it was put. */
    public record Asked(String challenge, OffsetDateTime expiresAt) {}

    /** A question that waits for its answer, by one try fewer than before. */
    public record Challenge(byte[] tokenHash, UUID userId, String email, String firstMethod) {}

    /**
     * An authenticator app.
     *
     * @param sealed the secret as it is stored: another one, even of the same secret, is sealed differently
     * @param confirmed whether it counts; until then it is pending
     * @param lastStep of the last code that was accepted
     */
    public record TotpSecret(byte[] secret, byte[] sealed, boolean confirmed, long lastStep) {}

    /**
     * A guess that was counted.
     *
     * @param number which of its window it is, from 1
     */
    public record Counted(int number, OffsetDateTime windowEndsAt) {

        /** @throws VpnException {@code TOO_MANY_CODES}, with the time to wait */
        void require(int most) {
            if (number > most) {
                throw VpnException.retryAfter(
                        IdentityError.TOO_MANY_CODES, Duration.between(OffsetDateTime.now(), windowEndsAt));
            }
        }
    }

    /** What may be guessed only so often, each counted for itself. */
    public enum Guess {
        /** An app's code at a sign-in, by somebody who has the password. */
        SIGN_IN_CODE,
        /** A recovery code or a passkey: counted for the audit alone. */
        NOT_GUESSABLE,
        /** A password or code that confirms a change, by somebody who has the session. */
        CONFIRMATION
    }

    // Sign-in

    /** What the account can answer with; empty when it has no second factor. */
    public List<SecondFactor> factorsOf(UUID userId) {
        List<SecondFactor> factors = new ArrayList<>();
        sql.list("""
                SELECT 'TOTP' AS factor FROM totp_secrets WHERE user_id = ? AND confirmed_at IS NOT NULL
                UNION ALL (SELECT 'PASSKEY' FROM passkeys WHERE user_id = ? LIMIT 1)
                UNION ALL (SELECT 'RECOVERY_CODE' FROM recovery_codes WHERE user_id = ? AND used_at IS NULL LIMIT 1)""", row -> factors.add(SecondFactor.valueOf(row.getString("factor"))), userId, userId, userId);
        return factors;
    }

    /** Whether a password alone is not enough. */
    public boolean hasFactor(UUID userId) {
        return factorsOf(userId).stream().anyMatch(factor -> factor != SecondFactor.RECOVERY_CODE);
    }

    /** @throws VpnException {@code WRONG_CREDENTIALS} when the account changed since its owner gave the first proof */
    public Asked ask(User user, String firstMethod, Origin origin) {
        Asked asked = new Asked(secrets.randomToken(), OffsetDateTime.now().plus(config.secondFactorWait()));
        // Locked: whatever changes the account later finds this and ends it.
        int added = sql.update(
                """
                INSERT INTO second_factor_challenges (token_hash, user_id, epoch, first_method, address, expires_at)
                SELECT ?, id, epoch, ?, ?, ? FROM users
                WHERE id = ? AND state = 'ACTIVE' AND epoch = ? AND password_hash IS NOT DISTINCT FROM ?::text
                FOR SHARE""",
                Secrets.hash(asked.challenge()),
                firstMethod,
                origin.network(),
                asked.expiresAt(),
                user.id(),
                user.epoch(),
                user.passwordHash().orElse(null));
        if (added == 0) {
            throw new VpnException(IdentityError.WRONG_CREDENTIALS);
        }
        return asked;
    }

    /**
     * Counts a try before anything is checked, so that parallel ones are counted exactly. Empty when the challenge is
     * unknown, over, used up or of another network, or its owner may not come in any more.
     */
    public Optional<Challenge> takeTry(String challenge, Origin origin) {
        byte[] hash = Secrets.hash(challenge == null ? "" : challenge);
        return sql.first(
                """
                UPDATE second_factor_challenges c SET tries = tries + 1 FROM users u
                WHERE c.token_hash = ? AND c.address = ? AND c.expires_at > now() AND c.tries < ?
                  AND u.id = c.user_id AND u.epoch = c.epoch AND u.state = 'ACTIVE'
                RETURNING c.user_id, u.email, c.first_method""",
                row -> new Challenge(
                        hash, Sql.uuid(row, "user_id"), row.getString("email"), row.getString("first_method")),
                hash,
                origin.network(),
                MAX_TRIES);
    }

    /** Counts a guess before it is checked. The row's lock makes the count exact over parallel requests and nodes. */
    public Counted countGuess(UUID userId, String email, Guess kind, Origin origin) {
        long window = config.codeWindow().toSeconds();
        Counted counted = sql.first(
                        """
                        INSERT INTO second_factor_tries AS t (user_id, kind, since, tries) VALUES (?, ?, now(), 1)
                        ON CONFLICT (user_id, kind) DO UPDATE SET
                            tries = CASE WHEN t.since > now() - make_interval(secs => ?) THEN t.tries + 1 ELSE 1 END,
                            since = CASE WHEN t.since > now() - make_interval(secs => ?) THEN t.since ELSE now() END
                        RETURNING tries, since + make_interval(secs => ?) AS ends_at""",
                        row -> new Counted(
                                row.getInt("tries"), Sql.time(row, "ends_at").orElseThrow()),
                        userId,
                        kind,
                        window,
                        window,
                        window)
                .orElseThrow();
        // Once a window: a flood must not fill the audit.
        if (counted.number() == config.codeTries() + 1) {
            outbox.add(AuditEvent.byUnknown("second-factor.limited", origin)
                    .on("user", userId, email)
                    .concerning(userId)
                    .of(AuditEvent.Severity.WARNING)
                    .with("what", kind));
        }
        return counted;
    }

    /** The member himself is there: what he mistyped before does not count against him. */
    public void confirmed(UUID userId, UUID sessionId) {
        sql.update("DELETE FROM second_factor_tries WHERE user_id = ? AND kind = ?", userId, Guess.CONFIRMATION);
        sql.update("UPDATE sessions SET confirmed_at = now() WHERE id = ?", sessionId);
    }

    public boolean confirmedRecently(UUID sessionId) {
        return sql.first("""
                        SELECT 1 FROM sessions
                        WHERE id = ? AND greatest(created_at, confirmed_at) > now() - make_interval(secs => ?)""", row -> true, sessionId, config.confirmationLife().toSeconds())
                .isPresent();
    }

    /** Somebody who has the password had no second factor that holds. */
    public void refused(Challenge asked, SecondFactor factor, Origin origin) {
        outbox.add(AuditEvent.byUnknown("second-factor.refused", origin)
                .on("user", asked.userId(), asked.email())
                .concerning(asked.userId())
                .of(AuditEvent.Severity.WARNING)
                .with("method", factor.label()));
    }

    /** Empty when this code, or a later one, was used before. */
    public Optional<Sessions.Opened> openByTotp(Challenge asked, long step, String deviceToken, Origin origin) {
        sessions.lock(asked.userId());
        return useTotp(asked.userId(), step)
                ? Optional.of(open(asked, SecondFactor.TOTP, deviceToken, origin))
                : Optional.empty();
    }

    /** Empty when the key was used further meanwhile. */
    public Optional<Sessions.Opened> openByPasskey(
            Challenge asked, Passkey.Use use, String deviceToken, Origin origin) {
        sessions.lock(asked.userId());
        return passkeys.keep(use)
                ? Optional.of(open(asked, SecondFactor.PASSKEY, deviceToken, origin))
                : Optional.empty();
    }

    /** Empty when there is no such code, or it was used before. */
    public Optional<Sessions.Opened> openByRecoveryCode(
            Challenge asked, String code, String deviceToken, Origin origin) {
        sessions.lock(asked.userId());
        if (!useRecoveryCode(asked.userId(), asked.email(), code, origin)) {
            return Optional.empty();
        }
        return Optional.of(open(asked, SecondFactor.RECOVERY_CODE, deviceToken, origin));
    }

    /** Rolls all back when the challenge was answered by another request meanwhile. */
    private Sessions.Opened open(Challenge asked, SecondFactor factor, String deviceToken, Origin origin) {
        if (sql.update("DELETE FROM second_factor_challenges WHERE token_hash = ?", (Object) asked.tokenHash()) == 0) {
            throw new VpnException(IdentityError.CHALLENGE_INVALID);
        }
        sql.update("DELETE FROM second_factor_tries WHERE user_id = ? AND kind <> 'CONFIRMATION'", asked.userId());
        User user =
                sessions.findUser(asked.userId()).orElseThrow(() -> new VpnException(IdentityError.CHALLENGE_INVALID));
        return sessions.open(user, asked.firstMethod() + ", " + factor.method(), deviceToken, origin);
    }

    // The authenticator app

    public Optional<TotpSecret> findTotp(UUID userId) {
        return sql.first(
                "SELECT sealed_secret, confirmed_at IS NOT NULL AS confirmed, last_step FROM totp_secrets WHERE user_id = ?",
                row -> new TotpSecret(
                        secrets.open(row.getBytes("sealed_secret"), totpPurpose(userId)),
                        row.getBytes("sealed_secret"),
                        row.getBoolean("confirmed"),
                        row.getLong("last_step")),
                userId);
    }

    public Optional<OffsetDateTime> totpConfirmedAt(UUID userId) {
        return sql.first(
                        "SELECT confirmed_at FROM totp_secrets WHERE user_id = ?",
                        row -> Sql.time(row, "confirmed_at"),
                        userId)
                .flatMap(confirmedAt -> confirmedAt);
    }

    /** Keeps a pending secret, instead of an earlier pending one. False when the account has a confirmed one. */
    public boolean addTotp(UUID userId, byte[] secret) {
        return sql.update("""
                        INSERT INTO totp_secrets AS t (user_id, sealed_secret, created_at) VALUES (?, ?, now())
                        ON CONFLICT (user_id) DO UPDATE SET
                            sealed_secret = excluded.sealed_secret, created_at = excluded.created_at, last_step = 0
                        WHERE t.confirmed_at IS NULL""", userId, secrets.seal(secret, totpPurpose(userId))) > 0;
    }

    /**
     * Makes a pending app count, and gives the account new recovery codes.
     *
     * @param totp the one whose code was right
     * @return false when it is not pending any more
     */
    public boolean confirmTotp(Caller caller, TotpSecret totp, long step, List<String> codes) {
        sessions.lock(caller.userId());
        int confirmed = sql.update("""
                UPDATE totp_secrets SET confirmed_at = now(), last_step = ?
                WHERE user_id = ? AND sealed_secret = ? AND confirmed_at IS NULL""", step, caller.userId(), totp.sealed());
        if (confirmed == 0) {
            return false;
        }
        replaceRecoveryCodes(caller.userId(), codes);
        outbox.add(event(caller, "totp.enabled").of(AuditEvent.Severity.WARNING));
        return true;
    }

    /** False when that step's code, or a later one, was accepted before: the row's lock makes one of two the first. */
    public boolean useTotp(UUID userId, long step) {
        return sql.update(
                        "UPDATE totp_secrets SET last_step = ? WHERE user_id = ? AND confirmed_at IS NOT NULL AND last_step < ?",
                        step,
                        userId,
                        step)
                > 0;
    }

    /** False when there was none. */
    public boolean removeTotp(Caller caller) {
        sessions.lock(caller.userId());
        if (sql.update("DELETE FROM totp_secrets WHERE user_id = ?", caller.userId()) == 0) {
            return false;
        }
        removeRecoveryCodesOfNothing(caller.userId());
        outbox.add(event(caller, "totp.disabled").of(AuditEvent.Severity.WARNING));
        return true;
    }

    // Recovery codes

    public int recoveryCodesLeft(UUID userId) {
        return sql.first(
                        "SELECT count(*) AS unused FROM recovery_codes WHERE user_id = ? AND used_at IS NULL",
                        row -> row.getInt("unused"),
                        userId)
                .orElseThrow();
    }

    public void renewRecoveryCodes(Caller caller, List<String> codes) {
        replaceRecoveryCodes(caller.userId(), codes);
        outbox.add(event(caller, "recovery-codes.renewed").of(AuditEvent.Severity.WARNING));
    }

    /** False when there is no such code, or it was used before. */
    public boolean useRecoveryCode(UUID userId, String email, String code, Origin origin) {
        if (sql.update(
                        "UPDATE recovery_codes SET used_at = now() WHERE user_id = ? AND code_hash = ? AND used_at IS NULL",
                        userId,
                        recoveryHash(userId, code))
                == 0) {
            return false;
        }
        outbox.add(AuditEvent.byUser(userId, email, "recovery-code.used", origin)
                .on("user", userId, email)
                .of(AuditEvent.Severity.WARNING)
                .with("left", recoveryCodesLeft(userId)));
        return true;
    }

    public void replaceRecoveryCodes(UUID userId, List<String> codes) {
        // Else two at once would each delete the old ones, and both add theirs.
        sessions.lock(userId);
        sql.update("DELETE FROM recovery_codes WHERE user_id = ?", userId);
        for (String code : codes) {
            sql.update(
                    "INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, ?)",
                    userId,
                    recoveryHash(userId, RecoveryCodes.canonical(code)));
        }
    }

    /** They stand in for a factor: without one there is nothing to recover. */
    public void removeRecoveryCodesOfNothing(UUID userId) {
        if (!hasFactor(userId)) {
            sql.update("DELETE FROM recovery_codes WHERE user_id = ?", userId);
        }
    }

    /** Takes all of an account's factors away, for a member who has lost his. */
    public void removeAll(UUID userId) {
        for (String table : List.of(
                "totp_secrets", "recovery_codes", "passkeys", "second_factor_challenges", "second_factor_tries")) {
            sql.update("DELETE FROM " + table + " WHERE user_id = ?", userId);
        }
    }

    private byte[] recoveryHash(UUID userId, String canonical) {
        return secrets.mac(canonical, "recovery_codes/" + userId);
    }

    private static String totpPurpose(UUID userId) {
        return "totp_secrets/" + userId;
    }

    private static AuditEvent event(Caller caller, String action) {
        return AuditEvent.by(caller, action).on("user", caller.userId(), caller.email());
    }
}
