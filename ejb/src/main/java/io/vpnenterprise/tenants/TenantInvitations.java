package io.vpnenterprise.tenants;

import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.identity.InvitationTerms;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Invitations to a tenant: mailed, for one address, until they expire. */
@Stateless
public class TenantInvitations {

    /** Each waits for somebody to come: of one tenant, so many at once. */
    private static final int MOST_WAITING = 100;

    private static final String WAITING = " i.ended_at IS NULL AND i.expires_at > now()";

    private static final String SELECT = """
            SELECT i.id, i.tenant_id, t.name, i.email, i.role, u.email AS invited_by, i.created_at, i.expires_at,
                   i.sealed_token
            FROM invitations i JOIN tenants t ON t.id = i.tenant_id LEFT JOIN users u ON u.id = i.invited_by
            WHERE""" + TenantMemberships.THERE + " AND" + WAITING;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    TenantMemberships memberships;

    @Inject
    InvitationTerms terms;

    /** What is to be mailed; empty when the invitation is over. */
    public Optional<TenantInvitation.Link> find(UUID invitationId) {
        return sql.first(
                SELECT + " AND i.id = ?",
                row -> new TenantInvitation.Link(
                        invitation(row), terms.open(invitationId, row.getBytes("sealed_token"))),
                invitationId);
    }

    /**
     * Invites an address, and lets the invitation be mailed.
     *
     * @throws VpnException as {@link InvitationTerms#requireMayMail}, and {@code ALREADY_MEMBER}, {@code INVITATION_WAITS},
     *     {@code TENANT_ROLE_TOO_LOW}
     */
    public TenantInvitation add(Caller caller, UUID tenantId, String email, TenantRole role) {
        String address = terms.address(email);
        TenantMembership own = memberships.requireToChange(caller, tenantId, TenantRole.ADMIN);
        if (!own.role().mayInvite(role)) {
            throw VpnException.ofField(TenantError.TENANT_ROLE_TOO_LOW, "role", null);
        }
        requireNew(tenantId, address);
        terms.requireMayMail(caller, address);
        UUID id = UUID.randomUUID();
        InvitationTerms.Token token = terms.newToken(id);
        sql.update("""
                INSERT INTO invitations (id, tenant_id, email, role, invited_by, token_hash, sealed_token, created_at,
                                         expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, now(), ?)""", id, tenantId, address, role, caller.userId(), token.hash(), token.sealed(), token.expiresAt());
        TenantInvitation invitation = sql.first(SELECT + " AND i.id = ?", TenantInvitations::invitation, id)
                .orElseThrow();
        outbox.add(new TenantInvitationMade(id));
        outbox.add(event(caller, "tenant-invitation.made", invitation).with("role", role.label()));
        return invitation;
    }

    private void requireNew(UUID tenantId, String email) {
        if (sql.first("""
                        SELECT 1 FROM tenant_members m JOIN users u ON u.id = m.user_id
                        WHERE m.tenant_id = ? AND u.email = ?""", row -> true, tenantId, email).isPresent()) {
            throw VpnException.ofField(IdentityError.ALREADY_MEMBER, "email", null);
        }
        // One that expired makes way; one that waits does not.
        sql.update("""
                UPDATE invitations SET ended_at = now(), sealed_token = NULL
                WHERE tenant_id = ? AND email = ? AND ended_at IS NULL AND expires_at <= now()""", tenantId, email);
        if (sql.first(
                        "SELECT 1 FROM invitations WHERE tenant_id = ? AND email = ? AND ended_at IS NULL",
                        row -> true,
                        tenantId,
                        email)
                .isPresent()) {
            throw VpnException.ofField(IdentityError.INVITATION_WAITS, "email", null);
        }
        if (waiting(tenantId) >= MOST_WAITING) {
            throw new VpnException(IdentityError.INVITATION_LIMIT_REACHED, "at most " + MOST_WAITING + " at once");
        }
    }

    private long waiting(UUID tenantId) {
        return sql.first(
                        "SELECT count(*) FROM invitations i WHERE i.tenant_id = ? AND" + WAITING,
                        row -> row.getLong(1),
                        tenantId)
                .orElseThrow();
    }

    /** Those that wait, the newest first. */
    public Page<TenantInvitation> page(Caller caller, UUID tenantId, Page.Request request) {
        memberships.require(caller, tenantId, TenantRole.ADMIN);
        return Page.of(
                sql.list(
                        SELECT + " AND i.tenant_id = ? ORDER BY i.created_at DESC, i.id LIMIT ? OFFSET ?",
                        TenantInvitations::invitation,
                        tenantId,
                        request.pageSize(),
                        request.offset()),
                waiting(tenantId),
                request);
    }

    public void revoke(Caller caller, UUID tenantId, UUID invitationId) {
        TenantRole own =
                memberships.requireToChange(caller, tenantId, TenantRole.ADMIN).role();
        TenantInvitation invitation = sql.first(
                        SELECT + " AND i.tenant_id = ? AND i.id = ?",
                        TenantInvitations::invitation,
                        tenantId,
                        invitationId)
                .orElseThrow(TenantInvitations::notFound);
        if (!own.mayRemove(invitation.role())) {
            throw new VpnException(TenantError.TENANT_ROLE_TOO_LOW);
        }
        terms.end(invitation.id());
        outbox.add(event(caller, "tenant-invitation.revoked", invitation));
    }

    /** Makes the caller a member. The invitation is for his address: with another one it is not found. */
    public TenantMembership accept(Caller caller, String token) {
        terms.requireMayAccept(caller);
        TenantInvitation invitation = take(caller, token);
        int added = sql.update("""
                INSERT INTO tenant_members (tenant_id, user_id, role, joined_at) VALUES (?, ?, ?, now())
                ON CONFLICT (tenant_id, user_id) DO NOTHING""", invitation.tenantId(), caller.userId(), invitation.role());
        if (added == 0) {
            throw new VpnException(IdentityError.ALREADY_MEMBER);
        }
        outbox.add(event(caller, "tenant-member.joined", invitation)
                .on("user", caller.userId(), caller.email())
                .with("role", invitation.role().label()));
        return memberships.require(caller, invitation.tenantId(), TenantRole.VIEWER);
    }

    public void decline(Caller caller, String token) {
        outbox.add(event(caller, "tenant-invitation.declined", take(caller, token)));
    }

    /** Ends the invitation that a token stands for, of one of two parallel requests with it. */
    private TenantInvitation take(Caller caller, String token) {
        byte[] hash = Secrets.hash(token == null ? "" : token);
        sql.first("""
                        SELECT t.id FROM tenants t JOIN invitations i ON i.tenant_id = t.id WHERE i.token_hash = ?
                        FOR NO KEY UPDATE OF t""", row -> true, (Object) hash).orElseThrow(TenantInvitations::notFound);
        TenantInvitation invitation = sql.first(
                        SELECT + " AND i.token_hash = ? AND i.email = ?",
                        TenantInvitations::invitation,
                        hash,
                        caller.email())
                .orElseThrow(TenantInvitations::notFound);
        terms.end(invitation.id());
        return invitation;
    }

    private static AuditEvent event(Caller caller, String action, TenantInvitation invitation) {
        return AuditEvent.by(caller, action)
                .on("invitation", invitation.id(), invitation.email())
                .with("tenant", invitation.tenantId());
    }

    private static VpnException notFound() {
        return new VpnException(IdentityError.INVITATION_NOT_FOUND);
    }

    private static TenantInvitation invitation(ResultSet row) throws SQLException {
        return new TenantInvitation(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "tenant_id"),
                row.getString("name"),
                row.getString("email"),
                TenantRole.valueOf(row.getString("role")),
                Optional.ofNullable(row.getString("invited_by")),
                Sql.time(row, "created_at").orElseThrow(),
                Sql.time(row, "expires_at").orElseThrow());
    }
}
