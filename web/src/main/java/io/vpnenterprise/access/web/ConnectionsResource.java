package io.vpnenterprise.access.web;

import io.vpnenterprise.access.ClientConfig;
import io.vpnenterprise.access.Connection;
import io.vpnenterprise.access.Connections;
import io.vpnenterprise.access.client.ClientFile;
import io.vpnenterprise.access.client.ClientFiles;
import io.vpnenterprise.access.client.ClientFormat;
import io.vpnenterprise.access.client.ClientPolicy;
import io.vpnenterprise.access.client.ClientWish;
import io.vpnenterprise.access.client.DnsLevel;
import io.vpnenterprise.access.client.FittedConfig;
import io.vpnenterprise.access.client.Platform;
import io.vpnenterprise.access.traffic.Traffic;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.platform.web.ShownOnce;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The main job: a member's device connects, and disconnects. */
@Path("vpn")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Access")
public class ConnectionsResource {

    static final String TICKET_HEADER = "Key-Ticket";

    /**
     * What to connect.
     *
     * @param serverId absent: the platform chooses
     * @param region preferred when the platform chooses
     * @param ticket from adding the device: the configuration then carries the private key that we made
     * @param ttlSeconds after which the connection ends, 1 to 31,622,400; absent: only by other limits
     */
    public record Connect(UUID deviceId, UUID serverId, String region, String ticket, Long ttlSeconds) {}

    /** What to disconnect: a connection, or whatever a device has. */
    public record Disconnect(UUID connectionId, UUID deviceId) {}

    /** The other end of a tunnel. */
    public record ServerEnd(UUID id, String name, String region, String publicKey, String endpoint) {}

    /**
     * What a client needs.
     *
     * @param conf the file that {@code wg-quick up} takes
     * @param qrPng the same as a picture, base64; absent without the private key, since no phone could use it,
     *     and where it is too large for a phone's camera
     * @param privateKeyIncluded whether {@code conf} is complete, or has a placeholder where the private key belongs
     * @param simulated whether there is no real device behind the server
     */
    public record Connected(
            UUID connectionId,
            UUID deviceId,
            ServerEnd server,
            List<String> addresses,
            List<String> dns,
            int mtu,
            String presharedKey,
            List<String> allowedIps,
            int persistentKeepaliveSeconds,
            boolean simulated,
            boolean privateKeyIncluded,
            String conf,
            byte[] qrPng)
            implements ShownOnce {
        static Connected from(FittedConfig fitted) {
            ClientConfig config = fitted.config();
            return new Connected(
                    config.connectionId(),
                    config.deviceId(),
                    new ServerEnd(
                            config.server().id(),
                            config.server().name(),
                            config.server().region(),
                            config.server().publicKey(),
                            config.server().endpoint()),
                    config.addresses(),
                    config.dns(),
                    config.mtu(),
                    config.presharedKey().orElse(null),
                    config.allowedIps(),
                    config.persistentKeepaliveSeconds(),
                    config.simulated(),
                    config.privateKey().isPresent(),
                    fitted.conf(),
                    config.privateKey().flatMap(key -> fitted.qr()).orElse(null));
        }

        @Override
        public Connected withoutSecrets() {
            return new Connected(
                    connectionId,
                    deviceId,
                    server,
                    addresses,
                    dns,
                    mtu,
                    null,
                    allowedIps,
                    persistentKeepaliveSeconds,
                    simulated,
                    false,
                    null,
                    null);
        }
    }

    /**
     * How a disconnect ended.
     *
     * @param confirmed whether the host has the peer no more; if not yet, it goes as soon as the host answers
     */
    public record Disconnected(boolean confirmed) {}

    /**
     * A period of use.
     *
     * @param leaving whether its server is being emptied and the device has a connection to another: fetch that one's
     *     configuration; this one ends when the device is heard there, or at its time
     */
    public record ConnectionView(
            UUID id,
            UUID deviceId,
            String deviceName,
            UUID serverId,
            String serverName,
            String region,
            OffsetDateTime connectedAt,
            OffsetDateTime disconnectedAt,
            String endReason,
            boolean leaving) {
        static ConnectionView from(Connection connection) {
            return new ConnectionView(
                    connection.id(),
                    connection.deviceId(),
                    connection.deviceName(),
                    connection.serverId(),
                    connection.serverName(),
                    connection.region(),
                    connection.connectedAt(),
                    connection.disconnectedAt().orElse(null),
                    connection.endReason().orElse(null),
                    connection.leaving());
        }
    }

    /**
     * A connection that is there, and what its device does with it.
     *
     * @param active whether the device was heard from lately
     * @param latestHandshakeAt absent when it never was
     * @param uploadedBytes what the device sent
     * @param leaving whether its server is being emptied and the device has a connection to another: fetch that one's
     *     configuration; this one ends when the device is heard there, or at its time
     */
    public record LiveConnection(
            UUID id,
            UUID deviceId,
            String deviceName,
            UUID serverId,
            String serverName,
            String region,
            OffsetDateTime connectedAt,
            boolean active,
            OffsetDateTime latestHandshakeAt,
            long uploadedBytes,
            long downloadedBytes,
            boolean leaving) {
        static LiveConnection from(Connection connection, Traffic.Live live) {
            return new LiveConnection(
                    connection.id(),
                    connection.deviceId(),
                    connection.deviceName(),
                    connection.serverId(),
                    connection.serverName(),
                    connection.region(),
                    connection.connectedAt(),
                    live.active(),
                    live.latestHandshakeAt().orElse(null),
                    live.bytes().uploaded(),
                    live.bytes().downloaded(),
                    connection.leaving());
        }
    }

    /** What the caller has now. */
    public record Status(boolean connected, List<LiveConnection> connections) {}

    /** A page of the past. */
    public record History(List<ConnectionView> items, long total, int page, int pageSize) {
        static History from(Page<Connection> page) {
            return new History(
                    page.items().stream().map(ConnectionView::from).toList(),
                    page.total(),
                    page.page(),
                    page.pageSize());
        }
    }

    @Inject
    Connections connections;

    @Inject
    Traffic traffic;

    @Inject
    ClientFiles files;

    @Context
    SecurityContext security;

    @POST
    @Path("connect")
    @Operation(summary = "Connects a device; when this answers, the server's host has confirmed it")
    public Connected connect(Connect request) {
        if (request.deviceId() == null) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "deviceId", "this is needed");
        }
        // First, since it may refuse: then nothing is connected.
        ClientPolicy policy = files.policy(caller(), request.deviceId(), ClientWish.NONE);
        return Connected.from(files.fit(
                connections.connect(
                        caller(),
                        request.deviceId(),
                        Optional.ofNullable(request.serverId()),
                        Optional.ofNullable(request.region()),
                        Optional.ofNullable(request.ticket()),
                        Optional.ofNullable(request.ttlSeconds()).map(ConnectionsResource::seconds)),
                policy));
    }

    @POST
    @Path("disconnect")
    @Operation(summary = "Disconnects; 202 when the host has not confirmed yet")
    @APIResponseSchema(value = Disconnected.class, responseCode = "200")
    public Response disconnect(Disconnect request) {
        if (request.connectionId() == null && request.deviceId() == null) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "connectionId", "this or deviceId is needed");
        }
        boolean confirmed = request.connectionId() == null
                ? connections.disconnectDevice(caller(), request.deviceId())
                : connections.disconnect(caller(), request.connectionId());
        return Response.status(confirmed ? Response.Status.OK : Response.Status.ACCEPTED)
                .entity(new Disconnected(confirmed))
                .build();
    }

    @GET
    @Path("status")
    @Operation(summary = "The caller's connections now, and what their devices do")
    public Status status() {
        Map<UUID, Traffic.Live> live = traffic.live(caller());
        List<LiveConnection> now = connections.live(caller()).stream()
                .map(connection ->
                        LiveConnection.from(connection, live.getOrDefault(connection.id(), Traffic.Live.NOTHING)))
                .toList();
        return new Status(!now.isEmpty(), now);
    }

    @GET
    @Path("history")
    @Operation(summary = "The caller's connections ever, the newest first")
    public History history(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return History.from(connections.history(caller(), Pages.of(page, pageSize)));
    }

    @GET
    @Path("connections/{id}/config")
    @Produces({MediaType.TEXT_PLAIN, "application/x-apple-aspen-config", "application/zip"})
    @Operation(
            summary = "The configuration as a file for its client",
            description =
                    "format: conf (wg-quick and every WireGuard client), qr, mobileconfig, networkmanager or networkd."
                            + " What is left out, the device's settings say.")
    public Response config(
            @PathParam("id") UUID id,
            @HeaderParam(TICKET_HEADER) String ticket,
            @QueryParam("format") String format,
            @QueryParam("platform") String platform,
            @QueryParam("dns") String dns,
            @QueryParam("onDemand") boolean onDemand) {
        return answer(files.file(caller(), id, wish(format, platform, dns, onDemand), Optional.ofNullable(ticket)));
    }

    @GET
    @Path("connections/{id}/qr")
    @Produces("image/png")
    @Operation(summary = "The configuration as a QR code for WireGuard's mobile clients")
    public Response qr(
            @PathParam("id") UUID id,
            @HeaderParam(TICKET_HEADER) String ticket,
            @QueryParam("platform") String platform,
            @QueryParam("dns") String dns) {
        ClientFile picture = files.file(
                caller(), id, wish(ClientFormat.QR.label(), platform, dns, false), Optional.ofNullable(ticket));
        return Response.ok(picture.content(), picture.mediaType()).build();
    }

    static ClientWish wish(String format, String platform, String dns, boolean onDemand) {
        return new ClientWish(
                ClientFormat.parse(format), Platform.parse("platform", platform), DnsLevel.parse("dns", dns), onDemand);
    }

    /** Interfaces are named after the file. */
    static Response answer(ClientFile file) {
        return Response.ok(file.content(), file.mediaType())
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + file.name() + "\"")
                .build();
    }

    @POST
    @Path("connections/{id}/rotate")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Gives a connection a fresh preshared key; when this answers, the server's host has it",
            description =
                    "The tunnel stands still until the client has this configuration: no WireGuard client learns a"
                            + " key by itself.")
    public Connected rotate(@PathParam("id") UUID id, @HeaderParam(TICKET_HEADER) String ticket) {
        ClientConfig config = connections.rotate(caller(), id, Optional.ofNullable(ticket));
        return Connected.from(files.fit(config, files.policy(caller(), config.deviceId(), ClientWish.NONE)));
    }

    private static Duration seconds(long seconds) {
        // Far beyond what is allowed anyway, and no overflow later.
        return Duration.ofSeconds(Math.min(seconds, Integer.MAX_VALUE));
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
