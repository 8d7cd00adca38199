package io.vpnenterprise.access.web;

import io.vpnenterprise.access.client.KillSwitchEvent;
import io.vpnenterprise.access.client.KillSwitchEvents;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the caller's clients say of their kill switches. */
@Path("vpn/kill-switch-events")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Clients")
public class KillSwitchEventsResource {

    /**
     * What happened.
     *
     * @param type {@code activated}, {@code deactivated} or {@code triggered}
     * @param reason for people; may be absent
     */
    public record EventToReport(UUID deviceId, String type, String reason) {}

    /** An event. */
    public record EventView(
            UUID id, UUID deviceId, String type, String reason, String address, OffsetDateTime reportedAt) {
        static EventView from(KillSwitchEvent event) {
            return new EventView(
                    event.id(),
                    event.deviceId(),
                    event.type().label(),
                    event.reason(),
                    event.address(),
                    event.reportedAt());
        }
    }

    /** A page of events, the newest first. */
    public record EventPage(List<EventView> items, long total, int page, int pageSize) {
        static EventPage from(Page<KillSwitchEvent> page) {
            return new EventPage(
                    page.items().stream().map(EventView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    KillSwitchEvents events;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists what the caller's clients said of their kill switches")
    public EventPage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return EventPage.from(events.page(CallerContext.caller(security), Pages.of(page, pageSize)));
    }

    @POST
    @Operation(summary = "Says what a client's kill switch did")
    @APIResponseSchema(value = EventView.class, responseCode = "201")
    public Response report(EventToReport event) {
        KillSwitchEvent reported = events.report(
                CallerContext.caller(security),
                event.deviceId(),
                KillSwitchEvent.Type.parse(event.type()),
                event.reason() == null ? "" : event.reason());
        return Response.status(Response.Status.CREATED)
                .entity(EventView.from(reported))
                .build();
    }
}
