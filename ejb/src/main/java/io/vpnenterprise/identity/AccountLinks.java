package io.vpnenterprise.identity;

import io.vpnenterprise.identity.AccountLink.Purpose;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * The links that we mail: each works once, for hours. Stored are the token's hash, by which it is found again, and the
 * token sealed, so that the mail can carry it.
 */
@Stateless
public class AccountLinks {

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    Outbox outbox;

    @Inject
    Sessions sessions;

    @Inject
    IdentityConfig config;

    /** What is to be mailed; empty when there is nobody to mail to, or the link no longer works. */
    public Optional<AccountLink> find(UUID id) {
        return sql.first(
                """
                SELECT id, user_id, email, purpose, sealed_token, expires_at FROM account_links
                WHERE id = ? AND user_id IS NOT NULL AND used_at IS NULL AND expires_at > now()""",
                row -> new AccountLink(
                        Sql.uuid(row, "id"),
                        Sql.uuid(row, "user_id"),
                        row.getString("email"),
                        Purpose.valueOf(row.getString("purpose")),
                        new String(
                                secrets.open(row.getBytes("sealed_token"), sealedFor(Sql.uuid(row, "id"))),
                                StandardCharsets.UTF_8),
                        Sql.time(row, "expires_at").orElseThrow()),
                id);
    }

    /**
     * Makes a link and lets it be mailed.
     *
     * @param userId null when nobody has the address: all is done as if, and nothing mailed
     */
    public void make(UUID userId, String email, Purpose purpose) {
        UUID id = UUID.randomUUID();
        String token = secrets.randomToken();
        OffsetDateTime now = OffsetDateTime.now();
        sql.update(
                """
                INSERT INTO account_links (id, user_id, purpose, email, token_hash, sealed_token, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                id,
                userId,
                purpose,
                userId == null ? "" : email,
                Secrets.hash(token),
                secrets.seal(token.getBytes(StandardCharsets.UTF_8), sealedFor(id)),
                now,
                now.plus(life(purpose)));
        outbox.add(new AccountLinkMade(id));
    }

    /** Whom a token was mailed to, if it works now: to be asked before what is costly. */
    public Optional<String> recipient(String token, Purpose purpose) {
        return sql.first("""
                SELECT email FROM account_links
                WHERE token_hash = ? AND purpose = ? AND user_id IS NOT NULL AND used_at IS NULL AND expires_at > now()""", row -> row.getString("email"), Secrets.hash(token), purpose);
    }

    /** Takes a token, of one of two parallel requests with it, and locks its account; empty when it does not work. */
    public Optional<AccountLink> take(String token, Purpose... purposes) {
        byte[] hash = Secrets.hash(token);
        sql.first(
                        "SELECT user_id FROM account_links WHERE token_hash = ? AND user_id IS NOT NULL",
                        row -> Sql.uuid(row, "user_id"),
                        (Object) hash)
                .ifPresent(sessions::lock);
        return sql.first(
                """
                UPDATE account_links SET used_at = now()
                WHERE token_hash = ? AND purpose = ANY (?)
                  AND user_id IS NOT NULL AND used_at IS NULL AND expires_at > now()
                RETURNING id, user_id, email, purpose, expires_at""",
                row -> new AccountLink(
                        Sql.uuid(row, "id"),
                        Sql.uuid(row, "user_id"),
                        row.getString("email"),
                        Purpose.valueOf(row.getString("purpose")),
                        token,
                        Sql.time(row, "expires_at").orElseThrow()),
                hash,
                Arrays.stream(purposes).map(Purpose::name).toList());
    }

    /** Ends the links of a user that are for this: what they were for has happened, or must not any more. */
    public void end(UUID userId, Purpose purpose) {
        sql.update(
                "UPDATE account_links SET used_at = now() WHERE user_id = ? AND purpose = ? AND used_at IS NULL",
                userId,
                purpose);
    }

    private Duration life(Purpose purpose) {
        return purpose == Purpose.RESET_PASSWORD ? config.resetLinkLife() : config.verificationLinkLife();
    }

    private static String sealedFor(UUID id) {
        return "account_links/" + id;
    }
}
