package io.vpnenterprise.access.web;

import io.vpnenterprise.access.Allowances;
import io.vpnenterprise.access.web.LimitsResource.AllowanceView;
import io.vpnenterprise.identity.Limits;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
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
import java.time.OffsetDateTime;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What one member may have, for admins. */
@Path("admin/users/{id}/allowance")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "admin")
@Tag(name = "Administration")
public class AllowancesResource {

    /**
     * What an admin decides for one member; a part that is absent falls back to his organisations and the platform.
     *
     * @param devices 1 to 10,000
     * @param connections at the same time, over all servers: 1 to 10,000
     * @param monthlyBytes both directions together: 1 to 10^18
     * @param kbitPerSecond of each connection, in each direction: 64 to 10,000,000
     * @param accessEndsAt from then on, no connection
     */
    public record LimitsOfMember(
            Integer devices,
            Integer connections,
            Long monthlyBytes,
            Integer kbitPerSecond,
            OffsetDateTime accessEndsAt) {
        static LimitsOfMember from(Limits limits) {
            return new LimitsOfMember(
                    limits.devices().orElse(null),
                    limits.connections().orElse(null),
                    limits.monthlyBytes().orElse(null),
                    limits.kbitPerSecond().orElse(null),
                    limits.accessEndsAt().orElse(null));
        }

        Limits limits() {
            return Limits.of(devices, connections, monthlyBytes, kbitPerSecond, accessEndsAt);
        }
    }

    /**
     * A member's allowance.
     *
     * @param own what was decided for him alone
     * @param allowed what he may have, after his organisations and the platform had their say
     */
    public record MemberAllowance(LimitsOfMember own, AllowanceView allowed) {}

    @Inject
    Allowances allowances;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "What a member may have, and what of it was decided for him alone")
    public MemberAllowance get(@PathParam("id") UUID id) {
        return new MemberAllowance(LimitsOfMember.from(allowances.own(id)), AllowanceView.from(allowances.of(id)));
    }

    @PUT
    @Operation(summary = "Decides what a member may have; what is absent falls back")
    public MemberAllowance decide(@PathParam("id") UUID id, LimitsOfMember limits) {
        allowances.decide(CallerContext.caller(security), id, limits.limits());
        return get(id);
    }
}
