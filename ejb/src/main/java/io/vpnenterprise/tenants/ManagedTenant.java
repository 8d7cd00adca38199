package io.vpnenterprise.tenants;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A tenant, as the platform's admins see it.
 *
 * @param ownerEmail of the first of its owners; empty when their accounts are gone
 */
public record ManagedTenant(Tenant tenant, Optional<String> ownerEmail) {

    static ManagedTenant read(ResultSet row) throws SQLException {
        return new ManagedTenant(Tenant.read(row), Optional.ofNullable(row.getString("owner_email")));
    }
}
