package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.UUID;

/** Another plan for a tenant: the cluster is asked how much there is before a transaction is open. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class TenantScaling {

    @Inject
    Tenants tenants;

    @Inject
    TenantMemberships memberships;

    @Inject
    HostingPlans plans;

    @Inject
    PostgresDatabases databases;

    /**
     * Asks for a plan. What is written between this and the job may exceed it: storage is restricted then, as ever.
     *
     * @return the run to poll
     * @throws VpnException {@code STORAGE_EXCEEDED}, {@code TENANT_LIMIT_REACHED}, {@code TENANT_BUSY}, {@code TENANT_NOT_READY}
     */
    public UUID scale(Caller caller, UUID tenantId, Plan plan) {
        Tenant tenant = memberships.require(caller, tenantId, TenantRole.OWNER).tenant();
        HostingPlan wanted = plans.require(plan);
        boolean smaller =
                wanted.maxStorageBytes() < plans.require(tenant.plan()).maxStorageBytes();
        if (smaller && tenant.state() == TenantState.ACTIVE) {
            long taken = databases.sizeBytes(tenant.names());
            if (taken > wanted.maxStorageBytes()) {
                throw VpnException.ofField(
                        TenantError.STORAGE_EXCEEDED,
                        "plan",
                        "it holds " + taken + " bytes of " + wanted.maxStorageBytes());
            }
        }
        return tenants.scale(caller, tenantId, plan);
    }
}
