package io.vpnenterprise.access.web;

import io.vpnenterprise.access.client.ClientError;
import io.vpnenterprise.access.client.Platform;
import io.vpnenterprise.access.client.SplitTunnelRule;
import io.vpnenterprise.access.client.SplitTunnelRules;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
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
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's split tunnel rules. */
@Path("vpn/split-tunnel-rules")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Clients")
public class SplitTunnelRulesResource {

    private static final String IP = "ip";
    private static final String INCLUDE = "include";
    private static final String EXCLUDE = "exclude";
    private static final String ALL = "all";

    /**
     * A rule as a client writes it.
     *
     * @param type {@code ip}, or absent
     * @param value an address, or a network
     * @param action {@code include} or {@code exclude}
     * @param platform absent or {@code all}: all platforms
     * @param deviceId absent: all devices
     * @param enabled absent: it is
     * @param priority absent: 0
     */
    public record RuleToKeep(
            String type,
            String value,
            String action,
            String platform,
            UUID deviceId,
            Boolean enabled,
            Integer priority,
            String description) {
        SplitTunnelRule.Spec spec() {
            if (type != null && !type.equals(IP)) {
                throw VpnException.ofField(ClientError.SPLIT_TUNNEL_TYPE_NOT_OFFERED, "type", null);
            }
            if (!INCLUDE.equals(action) && !EXCLUDE.equals(action)) {
                throw VpnException.ofField(ClientError.INVALID_SPLIT_TUNNEL_ACTION, "action", null);
            }
            return new SplitTunnelRule.Spec(
                    INCLUDE.equals(action),
                    value,
                    Optional.ofNullable(deviceId),
                    ALL.equals(platform) ? Optional.empty() : Platform.parse("platform", platform),
                    enabled == null || enabled,
                    priority == null ? 0 : priority,
                    description == null ? "" : description);
        }
    }

    /** A rule. */
    public record RuleView(
            UUID id,
            String type,
            String value,
            String action,
            String platform,
            UUID deviceId,
            boolean enabled,
            int priority,
            String description,
            OffsetDateTime createdAt) {
        static RuleView from(SplitTunnelRule rule) {
            SplitTunnelRule.Spec spec = rule.spec();
            return new RuleView(
                    rule.id(),
                    IP,
                    spec.network(),
                    spec.include() ? INCLUDE : EXCLUDE,
                    spec.platform().map(Platform::label).orElse(ALL),
                    spec.deviceId().orElse(null),
                    spec.enabled(),
                    spec.priority(),
                    spec.description(),
                    rule.createdAt());
        }
    }

    /** A page of rules, those with the highest priority first. */
    public record RulePage(List<RuleView> items, long total, int page, int pageSize) {
        static RulePage from(Page<SplitTunnelRule> page) {
            return new RulePage(
                    page.items().stream().map(RuleView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    SplitTunnelRules rules;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the caller's split tunnel rules")
    public RulePage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return RulePage.from(rules.page(caller(), Pages.of(page, pageSize)));
    }

    @POST
    @Operation(summary = "Adds a split tunnel rule; configurations fetched from now on follow it")
    @APIResponseSchema(value = RuleView.class, responseCode = "201")
    public Response add(RuleToKeep rule) {
        RuleView added = RuleView.from(rules.add(caller(), rule.spec()));
        return Response.created(
                        uri.getAbsolutePathBuilder().path(added.id().toString()).build())
                .entity(added)
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "A split tunnel rule of the caller")
    public RuleView get(@PathParam("id") UUID id) {
        return RuleView.from(rules.require(caller(), id));
    }

    @PUT
    @Path("{id}")
    @Operation(summary = "Replaces a split tunnel rule of the caller")
    public RuleView change(@PathParam("id") UUID id, RuleToKeep rule) {
        return RuleView.from(rules.change(caller(), id, rule.spec()));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Removes a split tunnel rule of the caller")
    public void remove(@PathParam("id") UUID id) {
        rules.remove(caller(), id);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
