package io.vpnenterprise.access.web;

import io.vpnenterprise.access.client.ClientFiles;
import io.vpnenterprise.access.client.KillSwitchAnswer;
import io.vpnenterprise.access.client.Platform;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What keeps a connection's packets in the tunnel while it is down. */
@Path("vpn/connections/{id}/kill-switch")
@Produces({MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN})
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Clients")
public class KillSwitchResource {

    private static final String NFT = "nft";

    /**
     * How packets are kept in the tunnel.
     *
     * @param mechanism {@code nftables} where the rules are ours, {@code client} where the client has its own
     * @param how what to do, and what it does not do
     * @param ruleset the file for {@code nft -f}; absent where there is none, as are the next two
     * @param preUp lines for wg-quick's {@code [Interface]}, instead of the file
     * @param turnOff the command that opens it again
     */
    public record KillSwitchView(
            String platform, String mechanism, String how, String ruleset, String preUp, String turnOff) {
        static KillSwitchView from(KillSwitchAnswer answer) {
            return new KillSwitchView(
                    answer.platform().label(),
                    answer.mechanism(),
                    answer.how(),
                    answer.ruleset().orElse(null),
                    answer.preUp().orElse(null),
                    answer.turnOff().orElse(null));
        }
    }

    @Inject
    ClientFiles files;

    @Context
    SecurityContext security;

    @GET
    @Operation(
            summary = "The kill switch for this connection",
            description =
                    "format=nft: the ruleset as a file. Without a platform, here or in the device's settings: linux."
                            + " lan=true leaves the networks around the machine reachable.")
    @APIResponseSchema(value = KillSwitchView.class, responseCode = "200")
    public Response get(
            @PathParam("id") UUID id,
            @QueryParam("format") String format,
            @QueryParam("platform") String platform,
            @QueryParam("interface") String interfaceName,
            @QueryParam("lan") boolean lan) {
        if (format != null && !format.equals(NFT)) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "format", NFT + ", or none");
        }
        KillSwitchAnswer answer = files.killSwitch(
                CallerContext.caller(security),
                id,
                Platform.parse("platform", platform),
                Optional.ofNullable(interfaceName),
                lan);
        if (format == null) {
            return Response.ok(KillSwitchView.from(answer), MediaType.APPLICATION_JSON_TYPE)
                    .build();
        }
        return ConnectionsResource.answer(answer.file()
                .orElseThrow(() -> VpnException.ofField(PlatformError.INVALID_PARAMETER, "format", answer.how())));
    }
}
