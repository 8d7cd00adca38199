package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Who belongs to which tenant: the one place that decides whether somebody may touch it. Whoever is no member learns
 * nothing, not even that it exists. The platform's admins act as owners.
 */
@ApplicationScoped
public class TenantMemberships {

    /** Of tenants that are there for their members. */
    static final String THERE = " t.state <> 'GONE'";

    @Inject
    Sql sql;

    /**
     * The caller's membership.
     *
     * @throws VpnException {@code TENANT_NOT_FOUND} when he is no member, {@code TENANT_ROLE_TOO_LOW} when his role is less
     */
    public TenantMembership require(Caller caller, UUID tenantId, TenantRole least) {
        TenantMembership membership = sql.first(
                        "SELECT t.*, coalesce(m.role, CASE WHEN ? THEN 'OWNER' END) AS role FROM tenants t"
                                + " LEFT JOIN tenant_members m ON m.tenant_id = t.id AND m.user_id = ?"
                                + " WHERE t.id = ? AND (m.role IS NOT NULL OR ?) AND" + THERE,
                        TenantMemberships::read,
                        caller.isAdmin(),
                        caller.userId(),
                        tenantId,
                        caller.isAdmin())
                .orElseThrow(() -> new VpnException(TenantError.TENANT_NOT_FOUND, String.valueOf(tenantId)));
        TenantRole role = caller.isAdmin() ? TenantRole.OWNER : membership.role();
        if (!role.isAtLeast(least)) {
            throw new VpnException(
                    TenantError.TENANT_ROLE_TOO_LOW, "this takes " + least.label() + ", and you are " + role.label());
        }
        return new TenantMembership(membership.tenant(), role);
    }

    /** As {@link #require}, and nobody else changes the tenant until the transaction ends. */
    TenantMembership requireToChange(Caller caller, UUID tenantId, TenantRole least) {
        sql.first("SELECT 1 FROM tenants WHERE id = ? FOR NO KEY UPDATE", row -> true, tenantId);
        return require(caller, tenantId, least);
    }

    Optional<String> databaseName(UUID tenantId) {
        return sql.first(
                "SELECT database_name FROM tenants WHERE id = ?", row -> row.getString("database_name"), tenantId);
    }

    List<UUID> owners(UUID tenantId) {
        return sql.list(
                "SELECT user_id FROM tenant_members WHERE tenant_id = ? AND role = 'OWNER' ORDER BY user_id",
                row -> Sql.uuid(row, "user_id"),
                tenantId);
    }

    static TenantMembership read(ResultSet row) throws SQLException {
        return new TenantMembership(Tenant.read(row), TenantRole.valueOf(row.getString("role")));
    }
}
