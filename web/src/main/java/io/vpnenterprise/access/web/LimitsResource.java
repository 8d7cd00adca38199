package io.vpnenterprise.access.web;

import io.vpnenterprise.access.Allowance;
import io.vpnenterprise.access.Allowances;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the caller may have, and what he has of it. */
@Path("vpn/limits")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Access")
public class LimitsResource {

    /**
     * What a member may have.
     *
     * @param connections at the same time, over all servers
     * @param monthlyBytes both directions together; absent: unlimited
     * @param kbitPerSecond of each connection, in each direction; absent: unlimited
     * @param accessEndsAt from then on, no connection; absent: never
     */
    public record AllowanceView(
            int devices, int connections, Long monthlyBytes, Integer kbitPerSecond, OffsetDateTime accessEndsAt) {
        static AllowanceView from(Allowance allowance) {
            return new AllowanceView(
                    allowance.devices(),
                    allowance.connections(),
                    allowance.monthlyBytes().orElse(null),
                    allowance.kbitPerSecond().orElse(null),
                    allowance.accessEndsAt().orElse(null));
        }
    }

    /** What he has now. */
    public record UseView(int devices, int connections) {}

    /** Both. */
    public record LimitsView(AllowanceView allowed, UseView used) {}

    @Inject
    Allowances allowances;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "What the caller may have, and what he has of it")
    public LimitsView get() {
        UUID userId = CallerContext.caller(security).userId();
        Allowances.Use use = allowances.use(userId);
        return new LimitsView(AllowanceView.from(allowances.of(userId)), new UseView(use.devices(), use.connections()));
    }
}
