package io.vpnenterprise.access.web;

import io.vpnenterprise.access.ImportState;
import io.vpnenterprise.access.ImportedDevice;
import io.vpnenterprise.access.Imports;
import io.vpnenterprise.fleet.FleetConfig;
import io.vpnenterprise.fleet.ImportSpec;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
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
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Interfaces that a node had before, and that become servers. */
@Path("admin/nodes/{id}/imports")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "fleet")
@Tag(name = "Fleet")
public class ImportsResource {

    /**
     * An interface to import.
     *
     * @param interfaceName on the host, such as {@code wg0}
     * @param name of the server
     * @param capacity peers; absent: 1000, or as many as it has if they are more
     * @param userId whose the devices are that nobody has; absent: yours
     * @param devices whose some of them are, and their names
     */
    public record NewImport(
            String interfaceName,
            String name,
            String region,
            Integer capacity,
            UUID userId,
            List<NewImportedDevice> devices) {}

    /**
     * A peer's device.
     *
     * @param userId absent: the import's
     * @param name absent: {@code imported-} and the first bytes of its key
     */
    public record NewImportedDevice(String publicKey, UUID userId, String name) {}

    /**
     * How far an import is.
     *
     * @param state {@code importing}: nothing on the host is removed, and what it has is adopted; {@code imported}: it is a
     *     server like any other
     * @param failure why it could not be finished the last time
     */
    public record ImportView(
            UUID serverId, String name, String interfaceName, String state, int peers, String failure) {
        static ImportView from(ImportState state) {
            return new ImportView(
                    state.serverId(),
                    state.name(),
                    state.interfaceName(),
                    state.finished() ? "imported" : "importing",
                    state.peers(),
                    state.failure().orElse(null));
        }
    }

    @Inject
    Imports imports;

    @Inject
    FleetConfig config;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @POST
    @Operation(
            summary = "Makes a server of an interface that the node has, with its peers",
            description =
                    "Its key, port, addresses and MTU stay, and so do its peers with keys, addresses, sessions and"
                            + " counters. A peer belongs to the device with its key, or to one that is made for it. Peers are not"
                            + " kept with an endpoint or a keepalive of the server's own. Give an import that is not finished up by"
                            + " deleting its server: the interface stays then.")
    @APIResponseSchema(value = ImportView.class, responseCode = "201")
    @APIResponse(responseCode = "202", description = "It goes on by itself; ask at Location")
    public Response run(@PathParam("id") UUID id, NewImport wanted) {
        Caller caller = CallerContext.caller(security);
        ImportSpec spec = ImportSpec.of(
                wanted.interfaceName(), wanted.name(), wanted.region(), id, wanted.capacity(), config.regions());
        List<ImportedDevice> devices = wanted.devices() == null
                ? List.of()
                : wanted.devices().stream()
                        .map(device -> device == null
                                ? ImportedDevice.of(null, null, null)
                                : ImportedDevice.of(device.publicKey(), device.userId(), device.name()))
                        .toList();
        ImportState state =
                imports.run(caller, spec, wanted.userId() == null ? caller.userId() : wanted.userId(), devices);
        return Response.status(state.finished() ? Response.Status.CREATED : Response.Status.ACCEPTED)
                .location(uri.getAbsolutePathBuilder()
                        .path(state.serverId().toString())
                        .build())
                .entity(ImportView.from(state))
                .build();
    }

    @GET
    @Path("{serverId}")
    @Operation(summary = "How far an import is")
    public ImportView get(@PathParam("id") UUID id, @PathParam("serverId") UUID serverId) {
        return ImportView.from(imports.state(id, serverId));
    }
}
