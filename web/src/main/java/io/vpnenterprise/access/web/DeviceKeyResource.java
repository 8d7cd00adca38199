package io.vpnenterprise.access.web;

import io.vpnenterprise.access.Connections;
import io.vpnenterprise.access.NewDevice;
import io.vpnenterprise.access.web.DevicesResource.DeviceView;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.ShownOnce;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The key pair of a device. */
@Path("vpn/devices/{id}/key")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Access")
public class DeviceKeyResource {

    /** @param publicKey the member's own, base64; absent: we make a pair, and show its private key once */
    public record KeyToTake(String publicKey) {}

    /**
     * A device with another key.
     *
     * @param privateKey shown this once, where we made it
     * @param ticket lets the next configuration carry the private key, until it expires
     * @param confirmed whether the host of its connection has the new key; if not yet, it gets it as soon as it answers
     */
    public record DeviceRekeyed(
            DeviceView device, String privateKey, String ticket, OffsetDateTime ticketExpiresAt, boolean confirmed)
            implements ShownOnce {
        static DeviceRekeyed from(Connections.Rekeyed rekeyed) {
            NewDevice device = rekeyed.device();
            return new DeviceRekeyed(
                    DeviceView.from(device.device()),
                    device.made().map(NewDevice.MadeKey::privateKey).orElse(null),
                    device.made().map(NewDevice.MadeKey::ticket).orElse(null),
                    device.made().map(NewDevice.MadeKey::expiresAt).orElse(null),
                    rekeyed.confirmed());
        }

        @Override
        public DeviceRekeyed withoutSecrets() {
            return new DeviceRekeyed(device, null, null, null, confirmed);
        }
    }

    @Inject
    Connections connections;

    @Context
    SecurityContext security;

    @PUT
    @Operation(
            summary =
                    "Gives a device another key pair, and its connection with it; 202 when the host has not confirmed yet",
            description = "The tunnel stands still until the client has the new private key.")
    @APIResponseSchema(value = DeviceRekeyed.class, responseCode = "200")
    public Response change(@PathParam("id") UUID id, KeyToTake key) {
        DeviceRekeyed rekeyed =
                DeviceRekeyed.from(connections.rekey(CallerContext.caller(security), id, key.publicKey()));
        return Response.status(rekeyed.confirmed() ? Response.Status.OK : Response.Status.ACCEPTED)
                .entity(rekeyed)
                .build();
    }
}
