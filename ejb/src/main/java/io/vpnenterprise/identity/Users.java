package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What admins do with accounts, within {@link AdminRule}. A change of role or state stops the account's tokens: here at
 * once, on the other application nodes within half a second.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Users {

    private static final Logger LOG = Logger.getLogger(Users.class.getName());

    @Inject
    UserRows rows;

    @Inject
    UserSessions sessions;

    @Inject
    Passwords passwords;

    @Inject
    Standings standings;

    @Inject
    ApiKeyStandings apiKeyStandings;

    public Page<UserSummary> page(UserSearch search, Page.Request request) {
        return rows.page(search, request);
    }

    public UserSummary require(UUID userId) {
        return rows.require(userId);
    }

    /** Makes an account whose address counts as verified: the admin vouches for it. */
    public UserSummary add(Caller caller, String email, String password, Role role) {
        String address = EmailAddress.canonical(email);
        Passwords.requireAcceptable(password, address, "password");
        UserSummary added = rows.require(rows.add(caller, address, passwords.hash(password), role));
        LOG.log(Level.INFO, "admin {0} made user {1}", new Object[] {caller.userId(), added.id()});
        return added;
    }

    public UserSummary changeRole(Caller caller, UUID userId, Role role) {
        rows.changeRole(caller, userId, role);
        return changed(caller, userId, "has the role " + role.label());
    }

    /** Ends that a provider's groups decide an account's role: it is a user's now, and our admins' to give. */
    public void takeFromProvider(Caller caller, UUID userId) {
        rows.takeFromProvider(caller, userId);
        changed(caller, userId, "is managed by no provider");
    }

    /**
     * Ends one session of an account: its tokens stop.
     *
     * @throws VpnException {@code SESSION_NOT_FOUND}
     */
    public void endSession(Caller caller, UUID userId, UUID sessionId) {
        rows.requireMayEndSessions(caller, userId);
        sessions.end(caller, userId, sessionId);
    }

    /** Ends all sessions of an account; returns how many. */
    public int endSessions(Caller caller, UUID userId) {
        rows.requireMayEndSessions(caller, userId);
        return sessions.endAll(caller, userId);
    }

    /** Shuts an account out until it is restored; what it has on hosts is marked to go. */
    public UserSummary suspend(Caller caller, UUID userId) {
        rows.suspend(caller, userId);
        return changed(caller, userId, "is suspended");
    }

    public UserSummary restore(Caller caller, UUID userId) {
        rows.restore(caller, userId);
        return changed(caller, userId, "is restored");
    }

    /** For a member who has lost his second factors, and has convinced an admin that it is he. */
    public void resetSecurity(Caller caller, UUID userId) {
        rows.resetSecurity(caller, userId);
        LOG.log(Level.WARNING, "second factors of user {0} taken away, by admin {1}", new Object[] {
            userId, caller.userId()
        });
    }

    /** Removes an account and all that it owned; its row stays, without anything personal. */
    public void delete(Caller caller, UUID userId) {
        rows.delete(caller, userId);
        changed(caller, userId, "is deleted");
    }

    private UserSummary changed(Caller caller, UUID userId, String what) {
        standings.forgetUser(userId);
        apiKeyStandings.forgetUser(userId);
        LOG.log(Level.INFO, "user {0} {1}, by admin {2}", new Object[] {userId, what, caller.userId()});
        return rows.require(userId);
    }
}
