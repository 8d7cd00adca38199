package io.vpnenterprise.tenants.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.tenants.HostingPlan;
import io.vpnenterprise.tenants.HostingPlans;
import io.vpnenterprise.tenants.Plan;
import io.vpnenterprise.tenants.TenantError;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What databases of each plan may use. */
@Path("hosting/plans")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Tenants")
public class HostingPlansResource {

    /**
     * A plan to set; what is absent stays as it is.
     *
     * @param maxConnections 1 to 10,000
     * @param maxStorageBytes 16 MiB to 10^15
     * @param maxCpuPercent of one core, 1 to 10,000
     * @param maxMemoryBytes 16 MiB to 10^15
     * @param maxTempBytes of each session, 1 MiB to 10^15
     * @param statementSeconds 1 to 86,400
     * @param idleInTransactionSeconds 1 to 86,400
     * @param tenantsPerUser 0 to 10,000
     */
    public record PlanChange(
            Integer maxConnections,
            Long maxStorageBytes,
            Integer maxCpuPercent,
            Long maxMemoryBytes,
            Long maxTempBytes,
            Integer statementSeconds,
            Integer idleInTransactionSeconds,
            Integer tenantsPerUser) {
        HostingPlan of(HostingPlan before) {
            return new HostingPlan(
                    before.plan(),
                    or(maxConnections, before.maxConnections()),
                    or(maxStorageBytes, before.maxStorageBytes()),
                    or(maxCpuPercent, before.maxCpuPercent()),
                    or(maxMemoryBytes, before.maxMemoryBytes()),
                    or(maxTempBytes, before.maxTempBytes()),
                    statementSeconds == null ? before.statement() : Duration.ofSeconds(statementSeconds),
                    idleInTransactionSeconds == null
                            ? before.idleInTransaction()
                            : Duration.ofSeconds(idleInTransactionSeconds),
                    or(tenantsPerUser, before.tenantsPerUser()),
                    before.updatedAt());
        }

        private static <T> T or(T wanted, T before) {
            return wanted == null ? before : wanted;
        }
    }

    /** A plan. */
    public record PlanView(
            String name,
            int maxConnections,
            long maxStorageBytes,
            int maxCpuPercent,
            long maxMemoryBytes,
            long maxTempBytes,
            long statementSeconds,
            long idleInTransactionSeconds,
            int tenantsPerUser,
            OffsetDateTime updatedAt) {
        static PlanView from(HostingPlan plan) {
            return new PlanView(
                    plan.plan().label(),
                    plan.maxConnections(),
                    plan.maxStorageBytes(),
                    plan.maxCpuPercent(),
                    plan.maxMemoryBytes(),
                    plan.maxTempBytes(),
                    plan.statement().toSeconds(),
                    plan.idleInTransaction().toSeconds(),
                    plan.tenantsPerUser(),
                    plan.updatedAt());
        }
    }

    /** All plans. */
    public record PlanList(List<PlanView> items) {}

    @Inject
    HostingPlans plans;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists the plans, the smallest first")
    public PlanList list() {
        return new PlanList(plans.list().stream().map(PlanView::from).toList());
    }

    @PUT
    @Path("{name}")
    @MayCall(value = Caller.ADMIN, scope = "admin")
    @Operation(summary = "Changes what a plan allows; databases that there are get it with their next scale")
    public PlanView change(@PathParam("name") String name, PlanChange change) {
        Plan plan = Plan.find(name).orElseThrow(() -> VpnException.ofField(TenantError.INVALID_PLAN, "name", null));
        return PlanView.from(plans.change(CallerContext.caller(security), change.of(plans.require(plan))));
    }
}
