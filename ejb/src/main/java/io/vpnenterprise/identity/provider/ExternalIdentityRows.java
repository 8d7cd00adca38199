package io.vpnenterprise.identity.provider;

import io.vpnenterprise.identity.Confirmations;
import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.identity.Role;
import io.vpnenterprise.identity.Standings;
import io.vpnenterprise.identity.User;
import io.vpnenterprise.identity.UserRows;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.PlatformError;
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
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The short transactions of {@link ExternalSignIns}: sign-ins under way, which account a person of a provider has, and what
 * he may do.
 *
 * <p>Whose account it is: the one that the provider's subject is linked to. A new subject gets an account of its own; or the
 * one with its address, if both sides had the address proved and the account is no admin's; else its owner links it
 * himself. What it may do: an account that a provider with groups made is managed by it, so its groups decide the role at
 * each sign-in, both ways; accounts that were there before, and are merely linked, keep the role our admins gave them.
 */
@Stateless
public class ExternalIdentityRows {

    private static final Logger LOG = Logger.getLogger(ExternalIdentityRows.class.getName());

    /** More is a flood; real people come back from their provider. */
    private static final int MOST_UNDER_WAY = 10_000;

    /** Enough for a company behind one address, on a Monday morning. */
    private static final int MOST_OF_A_NETWORK = 500;

    private static final int MOST_OF_A_USER = 10;

    private static final String ACCOUNT = "u.id, u.email, u.role, u.state, u.email_verified_at, u.managed_by";
    private static final String IDENTITY = "id, provider, email, created_at, last_sign_in_at";
    private static final String OF_SUBJECT = " WHERE provider = ? AND issuer = ? AND subject = ?";

    /** A sign-in that is under way: what was asked, and where the browser goes afterwards. */
    public record Pending(byte[] sealed, String returnTo, Optional<UUID> linkUserId) {}

    private record Account(UUID id, String email, Role role, User.State state, boolean verified, String managedBy) {}

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Standings standings;

    @Inject
    UserRows users;

    @Inject
    Confirmations confirmations;

    @Inject
    OidcConfig config;

    /** @throws VpnException {@code TOO_BUSY} when too many are under way, everywhere or from this network */
    public void begin(Pending pending, String provider, String state, String browser, Origin origin) {
        OffsetDateTime now = OffsetDateTime.now();
        int added = sql.update(
                """
                INSERT INTO external_sign_ins
                    (state_hash, browser_hash, provider, sealed, return_to, link_user_id, network, created_at, expires_at)
                SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?
                WHERE (SELECT count(*) FROM external_sign_ins WHERE expires_at > now()) < ?
                  AND (SELECT count(*) FROM external_sign_ins WHERE network = ? AND expires_at > now()) < ?""",
                Secrets.hash(state),
                Secrets.hash(browser),
                provider,
                pending.sealed(),
                pending.returnTo(),
                pending.linkUserId().orElse(null),
                origin.network(),
                now,
                now.plus(config.signInLife()),
                MOST_UNDER_WAY,
                origin.network(),
                MOST_OF_A_NETWORK);
        if (added == 0) {
            throw new VpnException(PlatformError.TOO_BUSY);
        }
    }

    /** Once, and only for the browser that began it: anybody else's attempt leaves it as it is. */
    public Optional<Pending> take(String provider, String state, String browser) {
        return sql.first(
                """
                DELETE FROM external_sign_ins
                WHERE state_hash = ? AND browser_hash = ? AND provider = ? AND expires_at > now()
                RETURNING sealed, return_to, link_user_id""",
                row -> new Pending(
                        row.getBytes("sealed"),
                        row.getString("return_to"),
                        Optional.ofNullable(Sql.uuid(row, "link_user_id"))),
                Secrets.hash(state),
                Secrets.hash(browser),
                provider);
    }

    /** The account of a person whom the provider vouches for, made now if there is none, with the role that it has now. */
    public UUID admit(ExternalPerson person, Origin origin) {
        lock(person);
        Account account = findLinked(person).orElseGet(() -> linkByAddress(person, origin));
        if (account.state() != User.State.ACTIVE) {
            throw new VpnException(IdentityError.ACCOUNT_NOT_ACTIVE);
        }
        sql.update(
                "UPDATE user_identities SET last_sign_in_at = now(), email = ?" + OF_SUBJECT,
                person.email().orElse(""),
                person.provider(),
                person.issuer(),
                person.subject());
        if (person.provider().equals(account.managedBy())) {
            person.role().ifPresent(role -> giveRole(account, role, person.provider(), origin));
        }
        return account.id();
    }

    /** Links a provider's account to a user who asked for it. Doing it twice does no harm. */
    public ExternalIdentity link(UUID userId, ExternalPerson person, Origin origin) {
        lock(person);
        Account owner = account("SELECT " + ACCOUNT + " FROM users u WHERE u.id = ? FOR NO KEY UPDATE", userId)
                .filter(user -> user.state() == User.State.ACTIVE)
                .orElseThrow(() -> new VpnException(IdentityError.ACCOUNT_NOT_ACTIVE));
        Optional<Account> linked = findLinked(person);
        if (linked.isPresent() && !linked.get().id().equals(userId)) {
            throw new VpnException(IdentityError.IDENTITY_TAKEN);
        }
        if (linked.isEmpty()) {
            if (count(userId) >= MOST_OF_A_USER) {
                throw new VpnException(IdentityError.TOO_MANY_IDENTITIES, MOST_OF_A_USER + " at most");
            }
            addIdentity(owner, person, origin);
        }
        return sql.first(
                        "SELECT " + IDENTITY + " FROM user_identities" + OF_SUBJECT,
                        ExternalIdentityRows::identity,
                        person.provider(),
                        person.issuer(),
                        person.subject())
                .orElseThrow();
    }

    public Page<ExternalIdentity> list(Caller caller, Page.Request page) {
        List<ExternalIdentity> items = sql.list(
                "SELECT " + IDENTITY
                        + " FROM user_identities WHERE user_id = ? ORDER BY created_at, id LIMIT ? OFFSET ?",
                ExternalIdentityRows::identity,
                caller.userId(),
                page.pageSize(),
                page.offset());
        return Page.of(items, count(caller.userId()), page);
    }

    /** Takes a link away; refused for the last way in, and for the provider that manages the account. */
    public void unlink(Caller caller, UUID identityId) {
        confirmations.requireRecent(caller);
        // The user's row keeps two of these from taking the last two ways in at once.
        Account owner = account("SELECT " + ACCOUNT + " FROM users u WHERE u.id = ? FOR NO KEY UPDATE", caller.userId())
                .orElseThrow();
        ExternalIdentity identity = sql.first(
                        "SELECT " + IDENTITY + " FROM user_identities WHERE id = ? AND user_id = ?",
                        ExternalIdentityRows::identity,
                        identityId,
                        caller.userId())
                .orElseThrow(() -> new VpnException(IdentityError.IDENTITY_NOT_FOUND));
        if (identity.provider().equals(owner.managedBy())) {
            throw new VpnException(IdentityError.IDENTITY_MANAGES_ACCOUNT);
        }
        users.requireAnotherWayIn(caller.userId(), identityId);
        sql.update("DELETE FROM user_identities WHERE id = ?", identityId);
        outbox.add(AuditEvent.by(caller, "identity.unlinked")
                .on("identity", identityId, identity.provider())
                .of(AuditEvent.Severity.WARNING));
    }

    /** Two first sign-ins of one person at once make one account. */
    private void lock(ExternalPerson person) {
        sql.lock("user_identities " + person.provider() + " " + person.issuer() + " " + person.subject());
    }

    private Optional<Account> findLinked(ExternalPerson person) {
        return account(
                "SELECT " + ACCOUNT + " FROM users u JOIN user_identities i ON i.user_id = u.id"
                        + " WHERE i.provider = ? AND i.issuer = ? AND i.subject = ?",
                person.provider(),
                person.issuer(),
                person.subject());
    }

    private Account linkByAddress(ExternalPerson person, Origin origin) {
        String email = person.email()
                .filter(address -> person.emailVerified())
                .orElseThrow(() -> new VpnException(IdentityError.PROVIDER_EMAIL_UNVERIFIED));
        Account account = account("SELECT " + ACCOUNT + " FROM users u WHERE u.email = ?", email)
                .map(ExternalIdentityRows::requireLinkable)
                .orElseGet(() -> addAccount(email, person, origin));
        addIdentity(account, person, origin);
        return account;
    }

    /**
     * Whoever signed up with an address that is not his must not find its owner in his account; and a provider does not
     * become the way to an admin's account without that admin.
     */
    private static Account requireLinkable(Account account) {
        if (!account.verified() || account.role() != Role.USER || account.state() != User.State.ACTIVE) {
            throw new VpnException(IdentityError.ACCOUNT_NEEDS_LINKING);
        }
        return account;
    }

    private Account addAccount(String email, ExternalPerson person, Origin origin) {
        Role role = person.role().orElse(Role.USER);
        String managedBy = person.role().isPresent() ? person.provider() : null;
        UUID id = UUID.randomUUID();
        try {
            sql.update("""
                    INSERT INTO users (id, email, role, state, created_at, email_verified_at, managed_by)
                    VALUES (?, ?, ?, 'ACTIVE', now(), now(), ?)""", id, email, role, managedBy);
        } catch (VpnException e) {
            // Somebody signed up with the address at this moment.
            throw Sql.violates(e, "users_email_key") ? new VpnException(IdentityError.ACCOUNT_NEEDS_LINKING) : e;
        }
        LOG.log(Level.INFO, "user {0} made for a person of {1}", new Object[] {id, person.provider()});
        outbox.add(AuditEvent.byUser(id, email, "user.created", origin)
                .on("user", id, email)
                .with("provider", person.provider())
                .with("role", role.label()));
        return new Account(id, email, role, User.State.ACTIVE, true, managedBy);
    }

    private void addIdentity(Account owner, ExternalPerson person, Origin origin) {
        UUID id = UUID.randomUUID();
        sql.update(
                """
                INSERT INTO user_identities (id, user_id, provider, issuer, subject, email, created_at)
                VALUES (?, ?, ?, ?, ?, ?, now())""",
                id,
                owner.id(),
                person.provider(),
                person.issuer(),
                person.subject(),
                person.email().orElse(""));
        LOG.log(Level.INFO, "user {0} linked to a person of {1}", new Object[] {owner.id(), person.provider()});
        outbox.add(AuditEvent.byUser(owner.id(), owner.email(), "identity.linked", origin)
                .on("identity", id, person.provider())
                .of(AuditEvent.Severity.WARNING));
    }

    private void giveRole(Account account, Role role, String provider, Origin origin) {
        if (account.role() == role) {
            return;
        }
        sql.update("UPDATE users SET role = ?, epoch = epoch + 1 WHERE id = ?", role, account.id());
        standings.forgetUser(account.id());
        LOG.log(Level.INFO, "user {0} is {1} by the groups of {2}", new Object[] {account.id(), role.label(), provider
        });
        outbox.add(AuditEvent.byUser(account.id(), account.email(), "user.role-changed", origin)
                .on("user", account.id(), account.email())
                .of(AuditEvent.Severity.WARNING)
                .with("provider", provider)
                .with("before", account.role().label())
                .with("after", role.label()));
    }

    private long count(UUID userId) {
        return sql.first("SELECT count(*) FROM user_identities WHERE user_id = ?", row -> row.getLong(1), userId)
                .orElseThrow();
    }

    private Optional<Account> account(String query, Object... arguments) {
        return sql.first(
                query,
                row -> new Account(
                        Sql.uuid(row, "id"),
                        row.getString("email"),
                        Role.valueOf(row.getString("role")),
                        User.State.valueOf(row.getString("state")),
                        Sql.time(row, "email_verified_at").isPresent(),
                        row.getString("managed_by")),
                arguments);
    }

    private static ExternalIdentity identity(ResultSet row) throws SQLException {
        return new ExternalIdentity(
                Sql.uuid(row, "id"),
                row.getString("provider"),
                row.getString("email"),
                row.getObject("created_at", OffsetDateTime.class),
                Sql.time(row, "last_sign_in_at"));
    }
}
