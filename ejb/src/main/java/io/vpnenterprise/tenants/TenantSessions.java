package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.UUID;

/** Opens sessions in tenants' databases for their members. Thread-safe. */
@ApplicationScoped
public class TenantSessions {

    @Inject
    Sql sql;

    @Inject
    TenantMemberships memberships;

    @Inject
    TenantLogins logins;

    @Inject
    TenantCluster cluster;

    @Inject
    HostingPlans plans;

    /**
     * Opens a session as the login of the caller's role.
     *
     * @throws VpnException {@code TENANT_NOT_FOUND}, {@code TENANT_ROLE_TOO_LOW}, {@code TENANT_NOT_READY}, {@code
     *     ENGINE_NOT_SUPPORTED}, {@code TENANT_CONNECTIONS_USED_UP}, {@code CLUSTER_UNAVAILABLE}
     */
    public TenantSession open(Caller caller, UUID tenantId, TenantRole least) {
        if (caller.roles().contains(TenantKeys.ROLE)) {
            return openForKey(caller, tenantId, least);
        }
        TenantMembership membership = memberships.require(caller, tenantId, least);
        return open(caller.userId(), membership.tenant(), membership.role());
    }

    /** The key is looked up again, with its tenant: of another one it opens nothing. */
    private TenantSession openForKey(Caller caller, UUID tenantId, TenantRole least) {
        TenantKey key = sql.first(
                        "SELECT * FROM tenant_keys WHERE id = ? AND tenant_id = ?",
                        TenantKeys::read,
                        caller.credential().id(),
                        tenantId)
                .orElseThrow(() -> new VpnException(TenantError.TENANT_NOT_FOUND, String.valueOf(tenantId)));
        boolean anon = key.kind() == TenantKey.Kind.ANON;
        TenantRole role = anon ? TenantRole.VIEWER : TenantRole.EDITOR;
        if (!role.isAtLeast(least)) {
            throw new VpnException(TenantError.TENANT_ROLE_TOO_LOW, "a key may not do this");
        }
        Tenant tenant = sql.first("SELECT * FROM tenants WHERE id = ?", Tenant::read, tenantId)
                .orElseThrow(() -> new VpnException(TenantError.TENANT_NOT_FOUND, String.valueOf(tenantId)));
        TenantSession session = open(key.id(), tenant, role);
        if (anon) {
            become(session, tenant.names().anon());
        }
        return session;
    }

    private static void become(TenantSession session, String role) {
        try (Statement statement = session.connection().createStatement()) {
            statement.execute("SET ROLE " + role);
        } catch (SQLException e) {
            session.close();
            throw ClusterSession.failure(e);
        }
    }

    private TenantSession open(UUID userId, Tenant tenant, TenantRole role) {
        if (tenant.engine() != Engine.POSTGRESQL) {
            throw new VpnException(
                    TenantError.ENGINE_NOT_SUPPORTED, tenant.engine().label());
        }
        if (tenant.state() != TenantState.ACTIVE) {
            throw new VpnException(
                    TenantError.TENANT_NOT_READY, "it is " + tenant.state().label());
        }
        String password = logins.passwords(tenant.id()).get(role.login());
        return new TenantSession(
                tenant.id(),
                role,
                plans.require(tenant.plan()),
                cluster.open(tenant.names(), role.login(), password, userId).connection());
    }

    /**
     * Ends a session's server process, from whichever application node; returns once it is gone. That is no cancel, which a
     * function can catch and go on: a session of a query is used for nothing else, so nothing is lost with it.
     *
     * @param pid {@link TenantSession#backendPid}
     * @param start {@link TenantSession#backendStart}: another process with the same number is left alone
     * @return whether there was such a session
     */
    public boolean end(UUID tenantId, int pid, OffsetDateTime start) {
        String database = memberships
                .databaseName(tenantId)
                .orElseThrow(() -> new VpnException(TenantError.TENANT_NOT_FOUND, tenantId.toString()));
        try (ClusterSession session = cluster.open()) {
            return session.isThere(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                            + " WHERE pid = ? AND backend_start = ? AND datname = ?",
                    pid,
                    start,
                    database);
        }
    }
}
