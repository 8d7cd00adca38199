package io.vpnenterprise.access.web;

import io.vpnenterprise.access.Drain;
import io.vpnenterprise.access.Drains;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayBeEmpty;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The drain of a server. */
@Path("vpn/servers/{id}/drain")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "fleet")
@Tag(name = "Fleet")
public class DrainsResource {

    /** @param deadlineSeconds how long old peers may stay beside their successors, 1 to 604800; absent: 3600 */
    public record NewDrain(Long deadlineSeconds) {}

    /**
     * How far a drain is.
     *
     * @param state {@code draining}, or {@code drained}: the server is in maintenance then
     * @param deadline when old peers whose successor was there from the beginning leave at the latest
     * @param residual peers that are still there
     * @param leaving those of them that have a successor on another server, where their device was not heard yet
     * @param unplaced those that have none: no other server has room for them, or it is not their turn yet; they stay
     */
    public record DrainView(
            UUID serverId,
            String state,
            OffsetDateTime begunAt,
            OffsetDateTime deadline,
            OffsetDateTime finishedAt,
            int residual,
            int leaving,
            int unplaced) {
        static DrainView from(Drain drain) {
            return new DrainView(
                    drain.serverId(),
                    drain.finishedAt().isPresent() ? "drained" : "draining",
                    drain.begunAt(),
                    drain.deadline(),
                    drain.finishedAt().orElse(null),
                    drain.residual(),
                    drain.leaving(),
                    drain.unplaced());
        }
    }

    @Inject
    Drains drains;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @POST
    @Operation(
            summary = "Empties a server: it takes nobody from now on, and its peers move to other servers",
            description =
                    "Each peer gets a successor on another server, and its member is told. The old peer works until"
                            + " the device is heard on the new server, or until the deadline. Then the server is in maintenance.")
    @APIResponseSchema(value = DrainView.class, responseCode = "202")
    public Response begin(@PathParam("id") UUID id, @MayBeEmpty NewDrain drain) {
        Duration deadline = drain == null || drain.deadlineSeconds() == null
                ? Drains.USUAL_DEADLINE
                : Duration.ofSeconds(drain.deadlineSeconds());
        return Response.accepted(DrainView.from(drains.begin(CallerContext.caller(security), id, deadline)))
                .location(uri.getAbsolutePath())
                .build();
    }

    @GET
    @Operation(summary = "How far a server's drain is")
    public DrainView get(@PathParam("id") UUID id) {
        return DrainView.from(drains.require(id));
    }

    @DELETE
    @Operation(summary = "Ends a drain; who has a successor goes on to it, the others stay")
    public void cancel(@PathParam("id") UUID id) {
        drains.cancel(CallerContext.caller(security), id);
    }
}
