package io.vpnenterprise.tenants.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.tenants.TenantLimits;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What a tenant may use, and uses. */
@Path("tenants/{id}/limits")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Tenants")
public class TenantLimitsResource {

    /**
     * A limit.
     *
     * @param used at present; absent when it is not known
     * @param heldBy {@code postgres}: no SQL passes it; {@code monitor}: the platform ends what is over it within about a
     *     second; {@code not enforced here}
     */
    public record LimitView(String name, String unit, long value, Long used, String heldBy) {
        static LimitView from(TenantLimits.Limit limit) {
            return new LimitView(
                    limit.name(),
                    limit.unit(),
                    limit.value(),
                    limit.used().orElse(null),
                    limit.heldBy().label());
        }
    }

    /**
     * All limits.
     *
     * @param storageState {@code normal}, {@code warned-80}, {@code warned-90}, or {@code restricted}: then rows can be read
     *     and removed, and tables dropped by {@code SELECT vpn.drop('a table')}, and nothing else
     * @param extensions that may be created
     */
    public record LimitsView(
            String storageState, OffsetDateTime measuredAt, List<LimitView> items, List<String> extensions) {
        static LimitsView from(TenantLimits.Limits limits) {
            return new LimitsView(
                    limits.storage().label(),
                    limits.measuredAt().orElse(null),
                    limits.limits().stream().map(LimitView::from).toList(),
                    limits.extensions());
        }
    }

    @Inject
    TenantLimits limits;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "The tenant's limits: value, present use, and what holds them")
    public LimitsView get(@PathParam("id") UUID id) {
        return LimitsView.from(limits.of(CallerContext.caller(security), id));
    }
}
