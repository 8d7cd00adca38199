package io.vpnenterprise.tenants;

import io.vpnenterprise.identity.IdentityError;
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
 * The members of a tenant. The last owner who may sign in stays, also when two go at the same moment; the platform's admins
 * act as owners.
 */
@Stateless
public class TenantMembers {

    private static final String SELECT = """
            SELECT m.user_id, u.email, m.role, m.joined_at
            FROM tenant_members m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = ?""";

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    TenantMemberships memberships;

    @Inject
    HostingPlans plans;

    @Inject
    TenantRoom room;

    public Page<TenantMember> page(Caller caller, UUID tenantId, Page.Request request) {
        memberships.require(caller, tenantId, TenantRole.VIEWER);
        return Page.of(
                sql.list(
                        SELECT + " ORDER BY m.joined_at, m.user_id LIMIT ? OFFSET ?",
                        TenantMembers::member,
                        tenantId,
                        request.pageSize(),
                        request.offset()),
                sql.first("SELECT count(*) FROM tenant_members WHERE tenant_id = ?", row -> row.getLong(1), tenantId)
                        .orElseThrow(),
                request);
    }

    public TenantMember changeRole(Caller caller, UUID tenantId, UUID userId, TenantRole role) {
        TenantMembership own = memberships.requireToChange(caller, tenantId, TenantRole.VIEWER);
        TenantMember member = requireMember(tenantId, userId);
        if (!own.role().mayChange(member.role(), role)) {
            throw new VpnException(TenantError.TENANT_ROLE_TOO_LOW);
        }
        if (role == TenantRole.OWNER && member.role() != TenantRole.OWNER) {
            room.require(userId, plans.require(own.tenant().plan()));
        }
        if (role != TenantRole.OWNER) {
            requireAnotherOwner(tenantId, member);
        }
        sql.update("UPDATE tenant_members SET role = ? WHERE tenant_id = ? AND user_id = ?", role, tenantId, userId);
        outbox.add(event(caller, "tenant-member.role-changed", own.tenant(), member)
                .of(AuditEvent.Severity.WARNING)
                .with("before", member.role().label())
                .with("after", role.label()));
        return requireMember(tenantId, userId);
    }

    /** Removes a member; everybody may remove himself. */
    public void remove(Caller caller, UUID tenantId, UUID userId) {
        TenantMembership own = memberships.requireToChange(caller, tenantId, TenantRole.VIEWER);
        TenantMember member = requireMember(tenantId, userId);
        boolean leaves = caller.userId().equals(userId);
        if (!leaves && !own.role().mayRemove(member.role())) {
            throw new VpnException(TenantError.TENANT_ROLE_TOO_LOW);
        }
        requireAnotherOwner(tenantId, member);
        sql.update("DELETE FROM tenant_members WHERE tenant_id = ? AND user_id = ?", tenantId, userId);
        outbox.add(event(caller, leaves ? "tenant-member.left" : "tenant-member.removed", own.tenant(), member));
    }

    private TenantMember requireMember(UUID tenantId, UUID userId) {
        return sql.first(SELECT + " AND m.user_id = ?", TenantMembers::member, tenantId, userId)
                .orElseThrow(() -> new VpnException(IdentityError.MEMBER_NOT_FOUND, String.valueOf(userId)));
    }

    /** One who is suspended owns nothing that anybody could tend. */
    private void requireAnotherOwner(UUID tenantId, TenantMember member) {
        if (member.role() == TenantRole.OWNER
                && sql.first("""
                                SELECT 1 FROM tenant_members m JOIN users u ON u.id = m.user_id
                                WHERE m.tenant_id = ? AND m.role = 'OWNER' AND m.user_id <> ? AND u.state = 'ACTIVE'""", row -> true, tenantId, member.userId()).isEmpty()) {
            throw new VpnException(IdentityError.LAST_OWNER);
        }
    }

    private static AuditEvent event(Caller caller, String action, Tenant tenant, TenantMember member) {
        return AuditEvent.by(caller, action)
                .on("user", member.userId(), member.email())
                .concerning(member.userId())
                .with("tenant", tenant.id());
    }

    private static TenantMember member(ResultSet row) throws SQLException {
        return new TenantMember(
                Sql.uuid(row, "user_id"),
                row.getString("email"),
                TenantRole.valueOf(row.getString("role")),
                Sql.time(row, "joined_at").orElseThrow());
    }
}
