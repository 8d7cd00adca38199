package io.vpnenterprise.access.web;

import io.vpnenterprise.access.traffic.Session;
import io.vpnenterprise.access.traffic.Traffic;
import io.vpnenterprise.access.traffic.Usage;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** A member's sessions and usage. Bytes are counted from the device's view: uploaded is what it sent. */
@Path("vpn")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Access")
public class TrafficResource {

    /**
     * A time in which a device was heard from.
     *
     * @param active whether it goes on
     * @param endReason as the connection's, or {@code silent}
     */
    public record SessionView(
            UUID id,
            UUID connectionId,
            UUID userId,
            UUID deviceId,
            String deviceName,
            UUID serverId,
            String serverName,
            boolean active,
            OffsetDateTime beganAt,
            OffsetDateTime latestHandshakeAt,
            OffsetDateTime endedAt,
            String endReason,
            long uploadedBytes,
            long downloadedBytes) {
        static SessionView from(Session session) {
            return new SessionView(
                    session.id(),
                    session.connectionId(),
                    session.userId(),
                    session.deviceId(),
                    session.deviceName(),
                    session.serverId(),
                    session.serverName(),
                    session.endedAt().isEmpty(),
                    session.beganAt(),
                    session.latestHandshakeAt(),
                    session.endedAt().orElse(null),
                    session.endReason().orElse(null),
                    session.uploaded(),
                    session.downloaded());
        }
    }

    /** A page of sessions. */
    public record SessionPage(List<SessionView> items, long total, int page, int pageSize) {
        static SessionPage from(Page<Session> page) {
            return new SessionPage(
                    page.items().stream().map(SessionView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    /** @param name absent for a device that was removed */
    public record DeviceUsage(UUID deviceId, String name, long uploadedBytes, long downloadedBytes) {
        static DeviceUsage from(Usage.OfDevice device) {
            return new DeviceUsage(
                    device.deviceId(),
                    device.name().orElse(null),
                    device.bytes().uploaded(),
                    device.bytes().downloaded());
        }
    }

    /**
     * A month of UTC.
     *
     * @param limitBytes of both directions together; absent when unlimited
     * @param percentUsed of the limit, to a tenth; absent when unlimited
     */
    public record UsageView(
            String month,
            long uploadedBytes,
            long downloadedBytes,
            long totalBytes,
            boolean unlimited,
            Long limitBytes,
            Double percentUsed,
            List<DeviceUsage> devices) {
        static UsageView from(Usage usage) {
            return new UsageView(
                    usage.month().toString(),
                    usage.total().uploaded(),
                    usage.total().downloaded(),
                    usage.total().total(),
                    usage.limit().isEmpty(),
                    usage.limit().orElse(null),
                    usage.percentUsed().orElse(null),
                    usage.devices().stream().map(DeviceUsage::from).toList());
        }
    }

    @Inject
    Traffic traffic;

    @Context
    SecurityContext security;

    @GET
    @Path("sessions")
    @Operation(summary = "The times in which the caller's devices were heard from, the newest first")
    public SessionPage sessions(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return SessionPage.from(traffic.sessions(CallerContext.caller(security), Pages.of(page, pageSize)));
    }

    @GET
    @Path("usage")
    @Operation(summary = "The caller's bytes of a month, as 2026-11, by device; the current one when none is named")
    public UsageView usage(@QueryParam("month") String month) {
        return UsageView.from(traffic.usage(CallerContext.caller(security), Traffic.month(month)));
    }
}
