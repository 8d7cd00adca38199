package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The short transactions of {@link Passkeys}. */
@Stateless
public class PasskeyRows {

    /** More than anybody has devices that do not share them; a browser is sent all of them at each sign-in. */
    static final int MOST = 10;

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    Outbox outbox;

    @Inject
    Sessions sessions;

    @Inject
    UserRows users;

    @Inject
    SecondFactorRows secondFactors;

    @Inject
    IdentityConfig config;

    /** Whose challenge it was; empty for that of a sign-in. */
    public record Taken(Optional<UUID> userId) {}

    // Challenges

    /** @param userId who is to make a key; null for a sign-in with one */
    public String addChallenge(UUID userId) {
        String challenge = secrets.randomToken();
        sql.update(
                "INSERT INTO passkey_challenges (challenge_hash, user_id, expires_at) VALUES (?, ?::uuid, ?)",
                Secrets.hash(challenge),
                userId,
                OffsetDateTime.now().plus(config.secondFactorWait()));
        return challenge;
    }

    /** Uses a challenge up; empty when it is unknown, used or over. */
    public Optional<Taken> takeChallenge(String challenge) {
        return sql.first(
                "DELETE FROM passkey_challenges WHERE challenge_hash = ? AND expires_at > now() RETURNING user_id",
                row -> new Taken(Optional.ofNullable(Sql.uuid(row, "user_id"))),
                (Object) Secrets.hash(challenge));
    }

    // Keys

    public Page<Passkey> page(UUID userId, Page.Request request) {
        return Page.of(
                sql.list(
                        "SELECT * FROM passkeys WHERE user_id = ? ORDER BY created_at, id LIMIT ? OFFSET ?",
                        PasskeyRows::passkey,
                        userId,
                        request.pageSize(),
                        request.offset()),
                sql.first("SELECT count(*) AS n FROM passkeys WHERE user_id = ?", row -> row.getLong("n"), userId)
                        .orElseThrow(),
                request);
    }

    public List<Passkey> all(UUID userId) {
        return sql.list(
                "SELECT * FROM passkeys WHERE user_id = ? ORDER BY created_at, id", PasskeyRows::passkey, userId);
    }

    public Optional<Passkey> find(UUID userId, UUID id) {
        return sql.first("SELECT * FROM passkeys WHERE user_id = ? AND id = ?", PasskeyRows::passkey, userId, id);
    }

    public Optional<Passkey> find(byte[] credentialId) {
        return sql.first("SELECT * FROM passkeys WHERE credential_id = ?", PasskeyRows::passkey, (Object) credentialId);
    }

    /** Adds a key; with the account's first second factor, these recovery codes too. Returns whether it was the first. */
    public boolean add(Caller caller, Passkey passkey, List<String> recoveryCodes) {
        // The owner's row lock makes the limit exact.
        sessions.lock(caller.userId());
        boolean first = !secondFactors.hasFactor(caller.userId());
        if (all(caller.userId()).size() >= MOST) {
            throw new VpnException(IdentityError.PASSKEY_LIMIT_REACHED);
        }
        try {
            sql.update(
                    """
                    INSERT INTO passkeys (id, user_id, credential_id, credential, counter, backup_eligible, backed_up,
                                          transports, name, created_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                    passkey.id(),
                    passkey.userId(),
                    passkey.credentialId(),
                    passkey.credential(),
                    passkey.counter(),
                    passkey.backupEligible(),
                    passkey.backedUp(),
                    String.join(",", passkey.transports()),
                    passkey.name(),
                    passkey.createdAt());
        } catch (VpnException e) {
            throw Sql.violates(e, "passkeys_credential_key") ? new VpnException(IdentityError.PASSKEY_KNOWN) : e;
        }
        if (first) {
            secondFactors.replaceRecoveryCodes(caller.userId(), recoveryCodes);
        }
        // A new way into the account: whoever did not do this himself must hear of it.
        outbox.add(event(caller, "passkey.added", passkey).of(AuditEvent.Severity.WARNING));
        return first;
    }

    public void rename(Caller caller, Passkey passkey, String name) {
        sql.update("UPDATE passkeys SET name = ? WHERE id = ?", name, passkey.id());
        outbox.add(event(caller, "passkey.renamed", passkey).with("to", name));
    }

    /** @throws VpnException {@code LAST_WAY_IN} */
    public void remove(Caller caller, Passkey passkey) {
        sessions.lock(caller.userId());
        users.requireAnotherWayIn(caller.userId(), passkey.id());
        sql.update("DELETE FROM passkeys WHERE id = ?", passkey.id());
        secondFactors.removeRecoveryCodesOfNothing(caller.userId());
        outbox.add(event(caller, "passkey.removed", passkey).of(AuditEvent.Severity.WARNING));
    }

    // Sign-in

    /** Opens a session by a key alone; empty when it was used further meanwhile, or its owner may not come in. */
    public Optional<Sessions.Opened> open(Passkey.Use use, String deviceToken, Origin origin) {
        sessions.lock(use.passkey().userId());
        Optional<User> user =
                sessions.findUser(use.passkey().userId()).filter(found -> found.state() == User.State.ACTIVE);
        return user.isPresent() && keep(use)
                ? Optional.of(sessions.open(user.get(), "passkey", deviceToken, origin))
                : Optional.empty();
    }

    /** Keeps the counter, which must have gone on, unless the authenticator does not count. */
    public boolean keep(Passkey.Use use) {
        return sql.update("""
                        UPDATE passkeys SET counter = ?, backed_up = ?, last_used_at = now()
                        WHERE id = ? AND (counter < ? OR counter = 0 AND ? = 0)""", use.counter(), use.backedUp(), use.passkey().id(), use.counter(), use.counter()) > 0;
    }

    /** Two authenticators have the key: its owner must know, and which of them is his nobody here can tell. */
    public void refusedCopy(Passkey passkey, long counter, Origin origin) {
        outbox.add(AuditEvent.byUnknown("passkey.copied", origin)
                .on("passkey", passkey.id(), passkey.name())
                .concerning(passkey.userId())
                .of(AuditEvent.Severity.CRITICAL)
                .with("counter", counter)
                .with("seen", passkey.counter()));
    }

    private static AuditEvent event(Caller caller, String action, Passkey passkey) {
        return AuditEvent.by(caller, action).on("passkey", passkey.id(), passkey.name());
    }

    private static Passkey passkey(ResultSet row) throws SQLException {
        String transports = row.getString("transports");
        return new Passkey(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "user_id"),
                row.getBytes("credential_id"),
                row.getBytes("credential"),
                row.getLong("counter"),
                row.getBoolean("backup_eligible"),
                row.getBoolean("backed_up"),
                transports.isEmpty() ? List.of() : List.of(transports.split(",")),
                row.getString("name"),
                row.getObject("created_at", OffsetDateTime.class),
                Sql.time(row, "last_used_at"));
    }
}
