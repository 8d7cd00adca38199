package io.vpnenterprise.access.web;

import io.vpnenterprise.access.client.DownloadLink;
import io.vpnenterprise.access.client.DownloadLinks;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.RequestOrigin;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirements;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * What a download link opens, for whoever has it. A GET uses nothing up: mail scanners, messengers' previews and browsers
 * that fetch ahead send one before anybody clicks. The page's button sends the POST that does.
 */
@Path("vpn/links/{token}")
@RequestScoped
@MayCall(MayCall.EVERYBODY)
@Tag(name = "Clients")
public class OpenLinksResource {

    /** Nothing in it comes from a person; its form goes back to where it came from. */
    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="robots" content="noindex"><title>VPN configuration</title></head>
            <body>
            <h1>VPN configuration</h1>
            <p>A file for a VPN client (%s). It can be downloaded once, until %s.</p>
            <form method="post"><button type="submit">Download</button></form>
            </body>
            </html>
            """;

    @Inject
    DownloadLinks links;

    @Inject
    RequestOrigin origin;

    @GET
    @Produces(MediaType.TEXT_HTML)
    @SecurityRequirements
    @Operation(summary = "A page that offers the file; 410 when it cannot be had any more. Uses nothing up")
    public Response look(@PathParam("token") String token) {
        DownloadLink link = links.look(token);
        return Response.ok(
                        PAGE.formatted(link.format().label(), link.expiresAt().withNano(0)),
                        MediaType.TEXT_HTML + ";charset=utf-8")
                .build();
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.WILDCARD)
    @SecurityRequirements
    @Operation(summary = "Gives the file, to the first who asks; 410 afterwards")
    public Response use(@PathParam("token") String token) {
        return ConnectionsResource.answer(links.use(token, origin.get()));
    }
}
