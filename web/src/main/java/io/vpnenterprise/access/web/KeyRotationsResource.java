package io.vpnenterprise.access.web;

import io.vpnenterprise.access.Drains;
import io.vpnenterprise.access.KeyRotations;
import io.vpnenterprise.access.web.DrainsResource.DrainView;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayBeEmpty;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
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
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** New keys for servers. */
@Path("vpn/servers/{id}/rotate-key")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "fleet")
@Tag(name = "Fleet")
public class KeyRotationsResource {

    /**
     * How to rotate.
     *
     * @param port of the new key; absent: the next that is free on the node
     * @param deadlineSeconds how long the old key works beside the new one, 1 to 604800; absent: as configured
     */
    public record NewKey(Integer port, Long deadlineSeconds) {}

    /**
     * A rotation that has begun.
     *
     * @param serverId the server that has the name from now on
     * @param drain of the old one; when it is over, the old one is deleted
     */
    public record Rotation(UUID serverId, DrainView drain) {}

    @Inject
    KeyRotations rotations;

    @Inject
    Drains drains;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @POST
    @Operation(
            summary = "Gives a server a new key: a server beside it takes its name, and it is drained into that one",
            description =
                    "The new one has its own port and addresses on the same node. Location is the drain of the old"
                            + " one, which is deleted when that is over.")
    @APIResponseSchema(value = Rotation.class, responseCode = "202")
    public Response rotate(@PathParam("id") UUID id, @MayBeEmpty NewKey key) {
        Optional<NewKey> wanted = Optional.ofNullable(key);
        UUID successor = rotations.rotate(
                CallerContext.caller(security),
                id,
                wanted.map(NewKey::port),
                wanted.map(NewKey::deadlineSeconds).map(Duration::ofSeconds));
        return Response.accepted(new Rotation(successor, DrainView.from(drains.require(id))))
                .location(uri.getAbsolutePathBuilder().path("../drain").build().normalize())
                .build();
    }
}
