package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/**
 * The members of an organisation, and, in the methods that are called {@code managed}, what the platform's admins do with
 * them. The last owner who may sign in stays, also when two go at the same moment.
 */
@Stateless
public class OrganisationMembers {

    private static final String SELECT = """
            SELECT m.user_id, u.email, m.role, m.joined_at
            FROM organisation_members m JOIN users u ON u.id = m.user_id WHERE m.organisation_id = ?""";

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Memberships memberships;

    @Inject
    Organisations organisations;

    @Inject
    ApiKeyStandings apiKeyStandings;

    public Page<OrganisationMember> page(Caller caller, UUID organisationId, Page.Request request) {
        memberships.require(caller, organisationId, OrganisationRole.VIEWER);
        return page(organisationId, request);
    }

    /** For admins of the platform. */
    public Page<OrganisationMember> managed(UUID organisationId, Page.Request request) {
        organisations.requireManaged(organisationId);
        return page(organisationId, request);
    }

    public OrganisationMember changeRole(Caller caller, UUID organisationId, UUID userId, OrganisationRole role) {
        OrganisationRole own = memberships
                .requireToChange(caller, organisationId, OrganisationRole.VIEWER)
                .role();
        OrganisationMember member = requireMember(organisationId, userId);
        if (!own.mayChange(member.role(), role)) {
            throw new VpnException(IdentityError.ORGANISATION_ROLE_TOO_LOW);
        }
        if (role == OrganisationRole.OWNER && member.role() != OrganisationRole.OWNER) {
            memberships.requireRoomToOwn(userId);
        }
        return changeRole(caller, organisationId, member, role);
    }

    /** Gives a member any role: the way to another owner when the only one is gone. */
    public OrganisationMember changeManagedRole(
            Caller caller, UUID organisationId, UUID userId, OrganisationRole role) {
        return changeRole(caller, organisationId, requireManagedMember(organisationId, userId), role);
    }

    /** Removes a member; everybody may remove himself. */
    public void remove(Caller caller, UUID organisationId, UUID userId) {
        OrganisationRole own = memberships
                .requireToChange(caller, organisationId, OrganisationRole.VIEWER)
                .role();
        OrganisationMember member = requireMember(organisationId, userId);
        boolean leaves = caller.userId().equals(userId);
        if (!leaves && !own.mayRemove(member.role())) {
            throw new VpnException(IdentityError.ORGANISATION_ROLE_TOO_LOW);
        }
        remove(caller, organisationId, member);
    }

    public void removeManaged(Caller caller, UUID organisationId, UUID userId) {
        remove(caller, organisationId, requireManagedMember(organisationId, userId));
    }

    private OrganisationMember changeRole(
            Caller caller, UUID organisationId, OrganisationMember member, OrganisationRole role) {
        if (role != OrganisationRole.OWNER) {
            requireAnotherOwner(organisationId, member);
        }
        sql.update(
                "UPDATE organisation_members SET role = ? WHERE organisation_id = ? AND user_id = ?",
                role,
                organisationId,
                member.userId());
        outbox.add(event(caller, "member.role-changed", organisationId, member)
                .of(AuditEvent.Severity.WARNING)
                .with("before", member.role().label())
                .with("after", role.label()));
        return requireMember(organisationId, member.userId());
    }

    private void remove(Caller caller, UUID organisationId, OrganisationMember member) {
        requireAnotherOwner(organisationId, member);
        sql.update(
                "DELETE FROM organisation_members WHERE organisation_id = ? AND user_id = ?",
                organisationId,
                member.userId());
        apiKeyStandings.forgetUser(member.userId());
        boolean leaves = caller.userId().equals(member.userId());
        outbox.add(event(caller, leaves ? "member.left" : "member.removed", organisationId, member));
    }

    private Page<OrganisationMember> page(UUID organisationId, Page.Request request) {
        long total = sql.first(
                        "SELECT count(*) FROM organisation_members WHERE organisation_id = ?",
                        row -> row.getLong(1),
                        organisationId)
                .orElseThrow();
        return Page.of(
                sql.list(
                        SELECT + " ORDER BY m.joined_at, m.user_id LIMIT ? OFFSET ?",
                        OrganisationMembers::member,
                        organisationId,
                        request.pageSize(),
                        request.offset()),
                total,
                request);
    }

    private OrganisationMember requireMember(UUID organisationId, UUID userId) {
        return sql.first(SELECT + " AND m.user_id = ?", OrganisationMembers::member, organisationId, userId)
                .orElseThrow(() -> new VpnException(IdentityError.MEMBER_NOT_FOUND, String.valueOf(userId)));
    }

    private OrganisationMember requireManagedMember(UUID organisationId, UUID userId) {
        memberships.lock(organisationId);
        organisations.requireManaged(organisationId);
        return requireMember(organisationId, userId);
    }

    /** One who is suspended owns nothing that anybody could tend. */
    private void requireAnotherOwner(UUID organisationId, OrganisationMember member) {
        if (member.role() == OrganisationRole.OWNER
                && sql.first("""
                                SELECT 1 FROM organisation_members m JOIN users u ON u.id = m.user_id
                                WHERE m.organisation_id = ? AND m.role = 'OWNER' AND m.user_id <> ? AND u.state = 'ACTIVE'""", row -> true, organisationId, member.userId()).isEmpty()) {
            throw new VpnException(IdentityError.LAST_OWNER);
        }
    }

    private static AuditEvent event(Caller caller, String action, UUID organisationId, OrganisationMember member) {
        return AuditEvent.by(caller, action)
                .on("user", member.userId(), member.email())
                .concerning(member.userId())
                .in(organisationId);
    }

    private static OrganisationMember member(ResultSet row) throws SQLException {
        return new OrganisationMember(
                Sql.uuid(row, "user_id"),
                row.getString("email"),
                OrganisationRole.valueOf(row.getString("role")),
                Sql.time(row, "joined_at").orElseThrow());
    }
}
