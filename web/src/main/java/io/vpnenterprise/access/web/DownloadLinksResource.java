package io.vpnenterprise.access.web;

import io.vpnenterprise.access.client.ClientWish;
import io.vpnenterprise.access.client.DownloadLink;
import io.vpnenterprise.access.client.DownloadLinks;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.ShownOnce;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Links by which a connection's configuration gets to a machine where nobody is signed in. */
@Path("vpn/connections/{id}/links")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Clients")
public class DownloadLinksResource {

    private static final int DEFAULT_MINUTES = 15;

    /**
     * What the link shall give, as the query of {@code config}; all may be absent.
     *
     * @param expiresInMinutes absent: 15
     */
    public record LinkToMake(String format, String platform, String dns, boolean onDemand, Integer expiresInMinutes) {}

    /**
     * A link.
     *
     * @param privateKeyIncluded whether the file is complete
     * @param usedAt when somebody fetched the file; absent until then
     */
    public record LinkView(
            UUID id,
            String format,
            boolean privateKeyIncluded,
            OffsetDateTime createdAt,
            OffsetDateTime expiresAt,
            OffsetDateTime usedAt,
            OffsetDateTime revokedAt) {
        static LinkView from(DownloadLink link) {
            return new LinkView(
                    link.id(),
                    link.format().label(),
                    link.withKey(),
                    link.createdAt(),
                    link.expiresAt(),
                    link.usedAt().orElse(null),
                    link.revokedAt().orElse(null));
        }
    }

    /**
     * A link that was made.
     *
     * @param url shown this once: a page for people, and a POST to it gives the file, once
     */
    public record LinkMade(LinkView link, String url) implements ShownOnce {
        @Override
        public LinkMade withoutSecrets() {
            return new LinkMade(link, null);
        }
    }

    /** The newest links of a connection, at most 100. */
    public record Links(List<LinkView> items) {}

    @Inject
    DownloadLinks links;

    @Inject
    PlatformConfig platformConfig;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists the links to this configuration, the newest first")
    public Links list(@PathParam("id") UUID id) {
        return new Links(links.list(caller(), id).stream().map(LinkView::from).toList());
    }

    @POST
    @Operation(summary = "Makes a link that gives this configuration once, without a sign-in")
    @APIResponseSchema(value = LinkMade.class, responseCode = "201")
    public Response make(
            @PathParam("id") UUID id, @HeaderParam(ConnectionsResource.TICKET_HEADER) String ticket, LinkToMake link) {
        ClientWish wish = ConnectionsResource.wish(link.format(), link.platform(), link.dns(), link.onDemand());
        Duration life = Duration.ofMinutes(link.expiresInMinutes() == null ? DEFAULT_MINUTES : link.expiresInMinutes());
        DownloadLink.Made made = links.make(caller(), id, wish, life, Optional.ofNullable(ticket));
        return Response.status(Response.Status.CREATED)
                .entity(new LinkMade(
                        LinkView.from(made.link()), platformConfig.publicUrl() + "/api/vpn/links/" + made.token()))
                .build();
    }

    @DELETE
    @Path("{linkId}")
    @Operation(summary = "Revokes a link that nobody has used yet")
    public void revoke(@PathParam("id") UUID id, @PathParam("linkId") UUID linkId) {
        links.revoke(caller(), id, linkId);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
