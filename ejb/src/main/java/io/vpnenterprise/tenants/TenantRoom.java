package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.UUID;

/** How many tenants of a plan somebody may own. */
@ApplicationScoped
class TenantRoom {

    @Inject
    Sql sql;

    /**
     * Room for one more of a plan, until the transaction ends. A tenant that a job is putting on the plan counts.
     *
     * @throws VpnException {@code TENANT_LIMIT_REACHED}
     */
    void require(UUID userId, HostingPlan plan) {
        // Two requests must not both see the last free place.
        sql.lock("tenants/" + userId);
        long owned = sql.first(
                        """
                        SELECT count(*) FROM tenants t JOIN tenant_members m ON m.tenant_id = t.id
                        WHERE m.user_id = ? AND m.role = 'OWNER' AND t.state NOT IN ('RETIRED', 'GONE')
                          AND (t.plan = ? OR EXISTS (SELECT 1 FROM job_runs r WHERE r.subject_id = t.id
                               AND r.job = ? AND r.state IN ('WAITING', 'RUNNING') AND r.parameters ->> 'plan' = ?))""", row -> row.getLong(1), userId, plan.plan(), TenantJob.SCALE_TENANT.label(), plan.plan())
                .orElseThrow();
        if (owned >= plan.tenantsPerUser()) {
            throw VpnException.ofField(
                    TenantError.TENANT_LIMIT_REACHED, "plan", "at most " + plan.tenantsPerUser() + " of this plan");
        }
    }
}
