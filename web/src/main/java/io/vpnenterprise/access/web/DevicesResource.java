package io.vpnenterprise.access.web;

import io.vpnenterprise.access.Connections;
import io.vpnenterprise.access.Device;
import io.vpnenterprise.access.Devices;
import io.vpnenterprise.access.NewDevice;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.platform.web.ShownOnce;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's devices. */
@Path("user/devices")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Access")
public class DevicesResource {

    /**
     * A device to add.
     *
     * @param publicKey the member's own, base64; absent: we make a pair, and show its private key once
     */
    public record DeviceToAdd(String name, String publicKey) {}

    /** A device. */
    public record DeviceView(UUID id, String name, String publicKey, OffsetDateTime createdAt) {
        static DeviceView from(Device device) {
            return new DeviceView(device.id(), device.name(), device.publicKey(), device.createdAt());
        }
    }

    /**
     * A device that was added.
     *
     * @param privateKey shown this once, where we made it
     * @param ticket lets the first configuration carry the private key, until it expires
     */
    public record DeviceAdded(DeviceView device, String privateKey, String ticket, OffsetDateTime ticketExpiresAt)
            implements ShownOnce {
        static DeviceAdded from(NewDevice added) {
            return new DeviceAdded(
                    DeviceView.from(added.device()),
                    added.made().map(NewDevice.MadeKey::privateKey).orElse(null),
                    added.made().map(NewDevice.MadeKey::ticket).orElse(null),
                    added.made().map(NewDevice.MadeKey::expiresAt).orElse(null));
        }

        @Override
        public DeviceAdded withoutSecrets() {
            return new DeviceAdded(device, null, null, null);
        }
    }

    /** A page of devices. */
    public record DevicePage(List<DeviceView> items, long total, int page, int pageSize) {
        static DevicePage from(Page<Device> page) {
            return new DevicePage(
                    page.items().stream().map(DeviceView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    Devices devices;

    @Inject
    Connections connections;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the caller's devices")
    public DevicePage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return DevicePage.from(devices.page(CallerContext.caller(security), Pages.of(page, pageSize)));
    }

    @POST
    @Operation(summary = "Adds a device")
    @APIResponseSchema(value = DeviceAdded.class, responseCode = "201")
    public Response add(DeviceToAdd device) {
        NewDevice added = devices.add(CallerContext.caller(security), device.name(), device.publicKey());
        return Response.created(uri.getAbsolutePathBuilder()
                        .path(added.device().id().toString())
                        .build())
                .entity(DeviceAdded.from(added))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "A device of the caller")
    public DeviceView get(@PathParam("id") UUID id) {
        return DeviceView.from(devices.require(CallerContext.caller(security), id));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Removes a device of the caller, and its connection")
    public void remove(@PathParam("id") UUID id) {
        connections.removeDevice(CallerContext.caller(security), id);
    }
}
