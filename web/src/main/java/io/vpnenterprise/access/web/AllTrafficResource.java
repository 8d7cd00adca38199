package io.vpnenterprise.access.web;

import io.vpnenterprise.access.traffic.SessionFilter;
import io.vpnenterprise.access.traffic.Traffic;
import io.vpnenterprise.access.traffic.Usage;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Everybody's sessions and usage, for admins. */
@Path("admin/vpn")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "fleet")
@Tag(name = "Access")
public class AllTrafficResource {

    /** @param name a user's e-mail address or a server's name; absent for one that is gone */
    public record UsageOf(UUID id, String name, long uploadedBytes, long downloadedBytes, long totalBytes) {
        static UsageOf from(Usage.Of of) {
            return new UsageOf(
                    of.id(),
                    of.name().orElse(null),
                    of.bytes().uploaded(),
                    of.bytes().downloaded(),
                    of.bytes().total());
        }
    }

    /** A page of a month's usage. */
    public record UsagePage(List<UsageOf> items, long total, int page, int pageSize) {
        static UsagePage from(Page<Usage.Of> page) {
            return new UsagePage(
                    page.items().stream().map(UsageOf::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    Traffic traffic;

    @GET
    @Path("sessions")
    @Operation(summary = "Sessions, the newest first: of a user, on a server, active or ended, as wanted")
    public TrafficResource.SessionPage sessions(
            @QueryParam("userId") String userId,
            @QueryParam("serverId") String serverId,
            @QueryParam("active") String active,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        return TrafficResource.SessionPage.from(
                traffic.sessions(SessionFilter.of(userId, serverId, active), Pages.of(page, pageSize)));
    }

    @GET
    @Path("usage/users")
    @Operation(summary = "Bytes of a month by user, those with most first")
    public UsagePage users(
            @QueryParam("month") String month,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        return UsagePage.from(traffic.usageOfUsers(Traffic.month(month), Pages.of(page, pageSize)));
    }

    @GET
    @Path("usage/servers")
    @Operation(summary = "Bytes of a month by server, those with most first")
    public UsagePage servers(
            @QueryParam("month") String month,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        return UsagePage.from(traffic.usageOfServers(Traffic.month(month), Pages.of(page, pageSize)));
    }
}
