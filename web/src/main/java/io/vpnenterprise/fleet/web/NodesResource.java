package io.vpnenterprise.fleet.web;

import io.vpnenterprise.fleet.Node;
import io.vpnenterprise.fleet.NodeChecks;
import io.vpnenterprise.fleet.NodeSpec;
import io.vpnenterprise.fleet.Nodes;
import io.vpnenterprise.fleet.SshAddress;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.CountedAs;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
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

/** The hosts that run servers. */
@Path("admin/nodes")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "fleet")
@Tag(name = "Fleet")
public class NodesResource {

    /**
     * A node to register.
     *
     * @param transport {@code uapi}, {@code wg}, {@code ssh} or {@code simulated}
     * @param networkNamespace absent: the one that the platform, or the SSH host's user, runs in
     * @param endpointHost what clients put before the port
     * @param sshHost for {@code ssh}, as are the next three: a name or an address
     * @param sshPort absent: 22
     * @param sshUser absent: root; nobody else may drive WireGuard
     * @param hostKey the line of the host's {@code /etc/ssh/ssh_host_ecdsa_key.pub}; nothing is sent to a host with another
     */
    public record NewNode(
            String name,
            String transport,
            String networkNamespace,
            String endpointHost,
            String sshHost,
            Integer sshPort,
            String sshUser,
            String hostKey) {}

    /** The line of the host's {@code /etc/ssh/ssh_host_ecdsa_key.pub}. */
    public record HostKey(String hostKey) {}

    /**
     * How a node is reached by SSH.
     *
     * @param authorizedKey the line for the user's {@code authorized_keys} on the host
     * @param nextAuthorizedKey as that, for the key that is used as soon as the host accepts it
     */
    public record SshView(
            String host,
            int port,
            String user,
            String hostKey,
            String hostKeyFingerprint,
            String authorizedKey,
            String nextAuthorizedKey) {
        static SshView from(Node node, SshAddress address) {
            return new SshView(
                    address.host(),
                    address.port(),
                    address.user(),
                    address.hostKeyText(),
                    address.hostKeyFingerprint(),
                    node.authorizedKey().orElse(null),
                    node.nextAuthorizedKey().orElse(null));
        }
    }

    /**
     * A node, with how it was when it was last asked.
     *
     * @param state {@code enrolling} until it was clean for the first time, then {@code admitted}
     * @param ssh absent unless it is reached by SSH
     */
    public record NodeView(
            UUID id,
            String name,
            String transport,
            String networkNamespace,
            String endpointHost,
            boolean simulated,
            String state,
            SshView ssh,
            OffsetDateTime createdAt,
            OffsetDateTime admittedAt,
            OffsetDateTime lastSeenAt,
            String lastError) {
        static NodeView from(Node node) {
            return new NodeView(
                    node.id(),
                    node.name(),
                    node.transport(),
                    node.networkNamespace().orElse(null),
                    node.endpointHost(),
                    node.simulated(),
                    node.admitted() ? "admitted" : "enrolling",
                    node.sshAddress()
                            .map(address -> SshView.from(node, address))
                            .orElse(null),
                    node.createdAt(),
                    node.admittedAt().orElse(null),
                    node.lastSeenAt().orElse(null),
                    node.lastError().orElse(null));
        }
    }

    /** A page of nodes. */
    public record NodePage(List<NodeView> items, long total, int page, int pageSize) {
        static NodePage from(Page<Node> page) {
            return new NodePage(
                    page.items().stream().map(NodeView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    Nodes nodes;

    @Inject
    NodeChecks checks;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the nodes")
    public NodePage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return NodePage.from(nodes.page(Pages.of(page, pageSize)));
    }

    @POST
    @Operation(summary = "Registers a node")
    @APIResponseSchema(value = NodeView.class, responseCode = "201")
    public Response add(NewNode node) {
        Node added = nodes.add(
                CallerContext.caller(security),
                NodeSpec.of(
                        node.name(),
                        node.transport(),
                        node.networkNamespace(),
                        node.endpointHost(),
                        node.sshHost(),
                        node.sshPort(),
                        node.sshUser(),
                        node.hostKey()));
        return Response.created(
                        uri.getAbsolutePathBuilder().path(added.id().toString()).build())
                .entity(NodeView.from(added))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "A node")
    public NodeView get(@PathParam("id") UUID id) {
        return NodeView.from(nodes.require(id));
    }

    @POST
    @Path("{id}/check")
    @CountedAs(RouteClass.STRICT)
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Asks the node now whether it is likely to work; admits it if it was enrolling")
    public NodeView check(@PathParam("id") UUID id) {
        checks.check(id);
        return NodeView.from(nodes.require(id));
    }

    @POST
    @Path("{id}/ssh-key")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Makes a new SSH key for the node, used once its host accepts it, the old one until then")
    public NodeView renewSshKey(@PathParam("id") UUID id) {
        return NodeView.from(nodes.renewSshKey(CallerContext.caller(security), id));
    }

    @PUT
    @Path("{id}/host-key")
    @Operation(summary = "Pins another SSH key of the host's")
    public NodeView replaceHostKey(@PathParam("id") UUID id, HostKey key) {
        return NodeView.from(nodes.replaceHostKey(CallerContext.caller(security), id, key.hostKey()));
    }

    @DELETE
    @Path("{id}")
    @Operation(
            summary = "Forgets a node that runs no server",
            description = "With lost=true a node that does not answer any more, with its servers and the connections to"
                    + " them. Drain the servers before that, and their members get successors elsewhere.")
    public void remove(@PathParam("id") UUID id, @QueryParam("lost") boolean lost) {
        if (lost) {
            nodes.forget(CallerContext.caller(security), id);
        } else {
            nodes.remove(CallerContext.caller(security), id);
        }
    }
}
