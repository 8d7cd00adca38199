package io.vpnenterprise.access.web;

import io.vpnenterprise.access.AccessError;
import io.vpnenterprise.access.Convergence;
import io.vpnenterprise.access.ServerState;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
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
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How far servers' hosts are what the database says, for admins. */
@Path("vpn")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "fleet")
@Tag(name = "Fleet")
public class ConvergenceResource {

    /**
     * What to do with peers that the database does not know.
     *
     * @param action {@code remove}
     * @param expected how many there are
     */
    public record ForeignPeers(String action, Integer expected) {}

    /**
     * What was put right last, in peers.
     *
     * @param missing that the host did not have
     * @param changed that it had otherwise
     * @param foreign that the database did not know, and that were removed
     */
    public record RepairView(OffsetDateTime at, int missing, int changed, int foreign) {}

    /**
     * A server and its host.
     *
     * @param desiredGeneration counts up with every change of what the host must have
     * @param desiredPeers that the host must have
     * @param underWay peers that are about to be brought to the host or taken from it
     * @param provedGeneration of what the host was last proved to have, peer by peer, those under way apart
     * @param digest of what was proved
     * @param comparedAt when the last comparison began
     * @param failure why the last comparison failed; absent when it did not
     * @param foreignPeers on the host that the database does not know, too many to be removed without your word
     * @param lastRepair absent when nothing ever was to be put right
     */
    public record ServerStateView(
            long desiredGeneration,
            int desiredPeers,
            int underWay,
            Long provedGeneration,
            OffsetDateTime provedAt,
            String digest,
            OffsetDateTime comparedAt,
            String failure,
            int foreignPeers,
            RepairView lastRepair) {
        static ServerStateView from(ServerState state) {
            return new ServerStateView(
                    state.desiredGeneration(),
                    state.desiredPeers(),
                    state.underWay(),
                    state.provedGeneration().orElse(null),
                    state.provedAt().orElse(null),
                    state.digest().orElse(null),
                    state.comparedAt().orElse(null),
                    state.failure().orElse(null),
                    state.foreignPeers(),
                    state.repairedAt()
                            .map(at -> new RepairView(
                                    at,
                                    state.repaired().missing(),
                                    state.repaired().changed(),
                                    state.repaired().foreign()))
                            .orElse(null));
        }
    }

    @Inject
    Convergence convergence;

    @Context
    SecurityContext security;

    @GET
    @Path("servers/{id}/state")
    @Operation(summary = "How far the server's host is what the database says")
    public ServerStateView state(@PathParam("id") UUID id) {
        return ServerStateView.from(convergence.state(id));
    }

    @POST
    @Path("servers/{id}/reconcile")
    @Operation(summary = "Compares the server with its host now, puts right what differs, and answers what is so then")
    public ServerStateView reconcile(@PathParam("id") UUID id) {
        return ServerStateView.from(convergence.reconcile(CallerContext.caller(security), id));
    }

    @POST
    @Path("servers/{id}/foreign-peers")
    @Operation(
            summary = "Removes the peers on the host that the database does not know, if there are as many as expected")
    public ServerStateView foreignPeers(@PathParam("id") UUID id, ForeignPeers foreign) {
        if (!"remove".equals(foreign.action()) || foreign.expected() == null || foreign.expected() < 1) {
            throw VpnException.ofField(AccessError.INVALID_FOREIGN_PEERS, "action", "remove, and expected");
        }
        return ServerStateView.from(
                convergence.removeForeignPeers(CallerContext.caller(security), id, foreign.expected()));
    }
}
