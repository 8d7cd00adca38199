package io.vpnenterprise.fleet.web;

import io.vpnenterprise.fleet.FleetConfig;
import io.vpnenterprise.fleet.ServerCandidate;
import io.vpnenterprise.fleet.ServerChange;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.fleet.ServerScore;
import io.vpnenterprise.fleet.ServerSelection;
import io.vpnenterprise.fleet.ServerSpec;
import io.vpnenterprise.fleet.Servers;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The servers that members connect to. */
@Path("vpn")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@Tag(name = "Fleet")
public class ServersResource {

    /**
     * A server to create.
     *
     * @param nodeId absent: the node with the fewest servers
     * @param capacity peers; absent: 1000
     */
    public record NewServer(String name, String region, Integer port, UUID nodeId, Integer capacity) {}

    /**
     * A server, as members see it.
     *
     * @param load percent of its capacity that is taken
     * @param available whether it takes connections now
     * @param simulated whether there is no real device behind it
     * @param state {@code active}, {@code maintenance} or {@code draining}
     * @param regionRank 0 in the wanted region, or when none is wanted; 1 in its first neighbour, and so on
     * @param score among available servers of one rank the lowest is chosen
     * @param scoreParts what the score is made of
     */
    public record ServerView(
            UUID id,
            String name,
            String region,
            String endpoint,
            String publicKey,
            int load,
            int peers,
            int capacity,
            boolean available,
            boolean simulated,
            String state,
            int regionRank,
            double score,
            ScoreParts scoreParts) {
        static ServerView from(ServerSelection.Ranked ranked) {
            ServerCandidate server = ranked.server();
            return new ServerView(
                    server.id(),
                    server.name(),
                    server.region(),
                    server.endpoint(),
                    server.publicKey(),
                    (int) Math.round(100 * server.load()),
                    server.peerCount(),
                    server.capacity(),
                    server.available(),
                    server.simulated(),
                    server.intake().label(),
                    ranked.regionRank(),
                    ranked.score().value(),
                    ScoreParts.from(ranked.score()));
        }
    }

    /**
     * The score is the mean of the two shares, times 100, divided by the weight.
     *
     * @param peerShare of the capacity that is taken, 0 to 1
     * @param liveShare of the capacity that has a session or of the link that carries traffic, whichever is greater; absent
     *     when it was not sampled lately: then the peer share stands in its place
     * @param weight 1 to 1000
     */
    public record ScoreParts(double peerShare, Double liveShare, int weight) {
        static ScoreParts from(ServerScore score) {
            return new ScoreParts(score.peerShare(), score.liveShare().orElse(null), score.weight());
        }
    }

    /**
     * What to change; absent stays as it is.
     *
     * @param weight 1 to 1000: twice the weight, twice the members; 100 is usual
     * @param capacity peers, not below those that it has
     * @param state {@code active}, or {@code maintenance}: no new peers, the old ones stay
     */
    public record ChangedServer(String name, Integer weight, Integer capacity, String state) {}

    /** A page of servers. */
    public record ServerPage(List<ServerView> items, long total, int page, int pageSize) {
        static ServerPage from(Page<ServerSelection.Ranked> page) {
            return new ServerPage(
                    page.items().stream().map(ServerView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    /** The configured regions. */
    public record Regions(List<String> regions) {}

    @Inject
    Servers servers;

    @Inject
    ServerRows rows;

    @Inject
    FleetConfig config;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Path("regions")
    @MayCall(value = Caller.USER, scope = "vpn")
    @Operation(summary = "The regions that servers can be in")
    public Regions regions() {
        return new Regions(config.regions());
    }

    @GET
    @Path("servers")
    @MayCall(value = Caller.USER, scope = "vpn")
    @Operation(
            summary = "Lists the servers in the order in which the platform chooses, with the score that decides",
            description = "Equal ones are chosen by lot. Those that take no connections now come last.")
    public ServerPage list(
            @QueryParam("region") String region,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        return ServerPage.from(rows.page(Optional.ofNullable(region), Pages.of(page, pageSize)));
    }

    @GET
    @Path("servers/{id}")
    @MayCall(value = Caller.USER, scope = "vpn")
    @Operation(summary = "A server")
    public ServerView get(@PathParam("id") UUID id) {
        return view(id);
    }

    @POST
    @Path("servers")
    @MayCall(value = Caller.ADMIN, scope = "fleet")
    @Operation(summary = "Creates a server on a node; when this answers, members can connect")
    @APIResponseSchema(value = ServerView.class, responseCode = "201")
    public Response create(NewServer server) {
        ServerCandidate created = servers.create(
                CallerContext.caller(security),
                ServerSpec.of(
                        server.name(),
                        server.region(),
                        server.port(),
                        server.nodeId(),
                        server.capacity(),
                        config.regions()));
        return Response.created(uri.getAbsolutePathBuilder()
                        .path(created.id().toString())
                        .build())
                .entity(view(created.id()))
                .build();
    }

    @PATCH
    @Path("servers/{id}")
    @MayCall(value = Caller.ADMIN, scope = "fleet")
    @Operation(summary = "Changes a server's name, weight, capacity or state; its peers stay")
    public ServerView change(@PathParam("id") UUID id, ChangedServer changed) {
        rows.change(
                CallerContext.caller(security),
                id,
                ServerChange.of(changed.name(), changed.weight(), changed.capacity(), changed.state()));
        return view(id);
    }

    @DELETE
    @Path("servers/{id}")
    @MayCall(value = Caller.ADMIN, scope = "fleet")
    @Operation(
            summary =
                    "Deletes a server, its interface and the connections on it; 202 when that takes some seconds more")
    @APIResponse(responseCode = "204", description = "It is gone")
    public Response delete(@PathParam("id") UUID id) {
        return Response.status(
                        servers.delete(CallerContext.caller(security), id)
                                ? Response.Status.NO_CONTENT
                                : Response.Status.ACCEPTED)
                .build();
    }

    private ServerView view(UUID id) {
        return ServerView.from(config.selection(Optional.empty()).ranked(rows.require(id)));
    }
}
