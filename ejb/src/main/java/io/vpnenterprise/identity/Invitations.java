package io.vpnenterprise.identity;

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

/**
 * Invitations to an organisation: stored, mailed, for one address, until they expire. One that waits takes a place, so that
 * whoever accepts finds it.
 */
@Stateless
public class Invitations {

    private static final String WAITING = " i.ended_at IS NULL AND i.expires_at > now()";

    private static final String SELECT = """
            SELECT i.id, i.organisation_id, o.name, i.email, i.role, u.email AS invited_by, i.created_at, i.expires_at,
                   i.sealed_token
            FROM invitations i JOIN organisations o ON o.id = i.organisation_id LEFT JOIN users u ON u.id = i.invited_by
            WHERE""" + WAITING;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Memberships memberships;

    @Inject
    InvitationTerms terms;

    /** What is to be mailed; empty when the invitation is over. */
    public Optional<Invitation.Link> find(UUID invitationId) {
        return sql.first(
                SELECT + " AND i.id = ?",
                row -> new Invitation.Link(invitation(row), terms.open(invitationId, row.getBytes("sealed_token"))),
                invitationId);
    }

    /**
     * Invites an address, and lets the invitation be mailed.
     *
     * @throws VpnException {@code EMAIL_NOT_VERIFIED} of the caller's own address; {@code TOO_MANY_TRIES} when the invited one
     *     got too many mails, from whomever; and others
     */
    public Invitation add(Caller caller, UUID organisationId, String email, OrganisationRole role) {
        String address = terms.address(email);
        Membership own = memberships.requireToChange(caller, organisationId, OrganisationRole.ADMIN);
        if (!own.role().mayInvite(role)) {
            throw VpnException.ofField(IdentityError.ORGANISATION_ROLE_TOO_LOW, "role", null);
        }
        requireNew(organisationId, address);
        requireRoom(own.organisation());
        terms.requireMayMail(caller, address);
        Invitation invitation = insert(caller, organisationId, address, role);
        outbox.add(new InvitationMade(invitation.id()));
        outbox.add(event(caller, "invitation.made", invitation).with("role", role.label()));
        return invitation;
    }

    /** Those that wait, the newest first. */
    public Page<Invitation> page(Caller caller, UUID organisationId, Page.Request request) {
        memberships.require(caller, organisationId, OrganisationRole.ADMIN);
        long total = sql.first(
                        "SELECT count(*) FROM invitations i WHERE i.organisation_id = ? AND" + WAITING,
                        row -> row.getLong(1),
                        organisationId)
                .orElseThrow();
        return Page.of(
                sql.list(
                        SELECT + " AND i.organisation_id = ? ORDER BY i.created_at DESC, i.id LIMIT ? OFFSET ?",
                        Invitations::invitation,
                        organisationId,
                        request.pageSize(),
                        request.offset()),
                total,
                request);
    }

    public void revoke(Caller caller, UUID organisationId, UUID invitationId) {
        OrganisationRole own = memberships
                .requireToChange(caller, organisationId, OrganisationRole.ADMIN)
                .role();
        Invitation invitation = sql.first(
                        SELECT + " AND i.organisation_id = ? AND i.id = ?",
                        Invitations::invitation,
                        organisationId,
                        invitationId)
                .orElseThrow(() -> notFound());
        if (!own.mayRemove(invitation.role())) {
            throw new VpnException(IdentityError.ORGANISATION_ROLE_TOO_LOW);
        }
        terms.end(invitation.id());
        outbox.add(event(caller, "invitation.revoked", invitation));
    }

    /** Makes the caller a member. The invitation is for his address: with another one it is not found. */
    public Membership accept(Caller caller, String token) {
        terms.requireMayAccept(caller);
        Invitation invitation = take(caller, token);
        int added = sql.update("""
                INSERT INTO organisation_members (organisation_id, user_id, role, joined_at) VALUES (?, ?, ?, now())
                ON CONFLICT (organisation_id, user_id) DO NOTHING""", invitation.organisationId(), caller.userId(), invitation.role());
        if (added == 0) {
            throw new VpnException(IdentityError.ALREADY_MEMBER);
        }
        outbox.add(event(caller, "member.joined", invitation)
                .on("user", caller.userId(), caller.email())
                .with("role", invitation.role().label()));
        return memberships.require(caller, invitation.organisationId(), OrganisationRole.VIEWER);
    }

    public void decline(Caller caller, String token) {
        outbox.add(event(caller, "invitation.declined", take(caller, token)));
    }

    /** Ends the invitation that a token stands for, of one of two parallel requests with it. */
    private Invitation take(Caller caller, String token) {
        byte[] hash = Secrets.hash(token == null ? "" : token);
        UUID organisationId = sql.first(
                        "SELECT i.organisation_id FROM invitations i WHERE i.token_hash = ?",
                        row -> Sql.uuid(row, "organisation_id"),
                        (Object) hash)
                .orElseThrow(Invitations::notFound);
        memberships.lock(organisationId);
        Invitation invitation = sql.first(
                        SELECT + " AND i.token_hash = ? AND i.email = ?", Invitations::invitation, hash, caller.email())
                .orElseThrow(Invitations::notFound);
        terms.end(invitation.id());
        return invitation;
    }

    private void requireNew(UUID organisationId, String email) {
        if (sql.first("""
                        SELECT 1 FROM organisation_members m JOIN users u ON u.id = m.user_id
                        WHERE m.organisation_id = ? AND u.email = ?""", row -> true, organisationId, email).isPresent()) {
            throw VpnException.ofField(IdentityError.ALREADY_MEMBER, "email", null);
        }
        // One that expired makes way; one that waits does not.
        sql.update("""
                UPDATE invitations SET ended_at = now(), sealed_token = NULL
                WHERE organisation_id = ? AND email = ? AND ended_at IS NULL AND expires_at <= now()""", organisationId, email);
        if (sql.first("""
                        SELECT 1 FROM invitations WHERE organisation_id = ? AND email = ? AND ended_at IS NULL""", row -> true, organisationId, email).isPresent()) {
            throw VpnException.ofField(IdentityError.INVITATION_WAITS, "email", null);
        }
    }

    private void requireRoom(Organisation organisation) {
        if (Organisations.seatsTaken(sql, organisation.id()) >= organisation.maxUsers()) {
            throw new VpnException(IdentityError.ORGANISATION_FULL, "at most " + organisation.maxUsers());
        }
    }

    private Invitation insert(Caller caller, UUID organisationId, String email, OrganisationRole role) {
        UUID id = UUID.randomUUID();
        InvitationTerms.Token token = terms.newToken(id);
        sql.update(
                """
                INSERT INTO invitations (id, organisation_id, email, role, invited_by, token_hash, sealed_token,
                                         created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, now(), ?)""", id, organisationId, email, role, caller.userId(), token.hash(), token.sealed(), token.expiresAt());
        return sql.first(SELECT + " AND i.id = ?", Invitations::invitation, id).orElseThrow();
    }

    private static AuditEvent event(Caller caller, String action, Invitation invitation) {
        return AuditEvent.by(caller, action)
                .on("invitation", invitation.id(), invitation.email())
                .in(invitation.organisationId())
                .with("organisation", invitation.organisation());
    }

    private static VpnException notFound() {
        return new VpnException(IdentityError.INVITATION_NOT_FOUND);
    }

    private static Invitation invitation(ResultSet row) throws SQLException {
        return new Invitation(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "organisation_id"),
                row.getString("name"),
                row.getString("email"),
                OrganisationRole.valueOf(row.getString("role")),
                Optional.ofNullable(row.getString("invited_by")),
                Sql.time(row, "created_at").orElseThrow(),
                Sql.time(row, "expires_at").orElseThrow());
    }
}
