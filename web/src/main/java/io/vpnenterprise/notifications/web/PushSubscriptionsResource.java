package io.vpnenterprise.notifications.web;

import io.vpnenterprise.notifications.PushSubscription;
import io.vpnenterprise.notifications.PushSubscriptions;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
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
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's browsers that get push messages. */
@Path("user/push-subscriptions")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Notifications")
public class PushSubscriptionsResource {

    /** What the browser's {@code PushSubscription.toJSON()} gives. */
    public record SubscriptionToAdd(String endpoint, SubscriptionKeys keys) {}

    /** The browser's public key and shared secret, base64url. */
    public record SubscriptionKeys(String p256dh, String auth) {}

    /**
     * A browser.
     *
     * @param service the push service's host
     */
    public record SubscriptionView(UUID id, String service, String userAgent, OffsetDateTime createdAt) {
        static SubscriptionView from(PushSubscription subscription) {
            return new SubscriptionView(
                    subscription.id(), subscription.service(), subscription.userAgent(), subscription.createdAt());
        }
    }

    /** All of them; they are few. */
    public record Subscriptions(List<SubscriptionView> items) {}

    @Inject
    PushSubscriptions subscriptions;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the caller's browsers that get push messages: at most ten")
    public Subscriptions list() {
        return new Subscriptions(subscriptions.list(CallerContext.caller(security)).stream()
                .map(SubscriptionView::from)
                .toList());
    }

    @POST
    @Operation(summary = "Adds a browser; the eleventh takes the oldest one's place")
    @APIResponseSchema(value = SubscriptionView.class, responseCode = "201")
    public Response add(SubscriptionToAdd subscription) {
        SubscriptionKeys keys = subscription.keys() == null ? new SubscriptionKeys(null, null) : subscription.keys();
        PushSubscription added = subscriptions.add(
                CallerContext.caller(security),
                new PushSubscriptions.Keys(subscription.endpoint(), keys.p256dh(), keys.auth()));
        return Response.created(
                        uri.getAbsolutePathBuilder().path(added.id().toString()).build())
                .entity(SubscriptionView.from(added))
                .build();
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Removes a browser")
    public void remove(@PathParam("id") UUID id) {
        subscriptions.remove(CallerContext.caller(security), id);
    }
}
