package io.vpnenterprise.notifications.web;

import io.vpnenterprise.notifications.Delivery;
import io.vpnenterprise.notifications.Webhook;
import io.vpnenterprise.notifications.WebhookRows;
import io.vpnenterprise.notifications.Webhooks;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.CountedAs;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.platform.web.ShownOnce;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
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

/** What members' own webhooks and the platform's have in common: all but whose they are. */
public abstract class WebhookEndpoints {

    /**
     * What a webhook shall be.
     *
     * @param events names of the published list, or {@code *} alone
     * @param enabled absent: yes
     */
    public record WebhookSpec(String url, String description, List<String> events, Boolean enabled) {
        Webhook.Spec spec() {
            return new Webhook.Spec(url, description, events, enabled == null || enabled);
        }
    }

    /**
     * A webhook.
     *
     * @param failingSince since when no call succeeded; absent when the last did
     */
    public record WebhookView(
            UUID id,
            String url,
            String description,
            List<String> events,
            boolean enabled,
            OffsetDateTime failingSince,
            OffsetDateTime lastSuccessAt,
            OffsetDateTime createdAt) {
        static WebhookView from(Webhook webhook) {
            return new WebhookView(
                    webhook.id(),
                    webhook.url(),
                    webhook.description(),
                    webhook.events(),
                    webhook.enabled(),
                    webhook.failingSince().orElse(null),
                    webhook.lastSuccessAt().orElse(null),
                    webhook.createdAt());
        }
    }

    /** A webhook with its secret, shown this once: what its calls are signed with. */
    public record WebhookWithSecret(WebhookView webhook, String secret) implements ShownOnce {
        static WebhookWithSecret from(Webhook.WithSecret with) {
            return new WebhookWithSecret(WebhookView.from(with.webhook()), with.secret());
        }

        @Override
        public WebhookWithSecret withoutSecrets() {
            return new WebhookWithSecret(webhook, null);
        }
    }

    /** A page of webhooks. */
    public record WebhookPage(List<WebhookView> items, long total, int page, int pageSize) {
        static WebhookPage from(Page<Webhook> page) {
            return new WebhookPage(
                    page.items().stream().map(WebhookView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    /** A test on its way. */
    public record TestSent(UUID eventId) {}

    /**
     * A call of a webhook, until it is over.
     *
     * @param eventId what the receiver sees as {@code webhook-id}: the same at each attempt and replay
     * @param state {@code waiting}, {@code delivered} or {@code failed}
     * @param attempts since it was made or replayed
     * @param lastStatus HTTP status of the last attempt
     * @param lastAnswer what the receiver answered, cut, or what went wrong
     * @param nextAttemptAt while it waits
     */
    public record DeliveryView(
            UUID id,
            UUID eventId,
            String type,
            String state,
            int attempts,
            Integer lastStatus,
            String lastAnswer,
            OffsetDateTime createdAt,
            OffsetDateTime lastAttemptAt,
            OffsetDateTime nextAttemptAt,
            OffsetDateTime finishedAt) {
        static DeliveryView from(Delivery delivery) {
            return new DeliveryView(
                    delivery.id(),
                    delivery.eventId(),
                    delivery.type(),
                    delivery.state().label(),
                    delivery.attempts(),
                    delivery.lastStatus().orElse(null),
                    delivery.lastAnswer().orElse(null),
                    delivery.createdAt(),
                    delivery.lastAttemptAt().orElse(null),
                    delivery.state() == Delivery.State.WAITING ? delivery.dueAt() : null,
                    delivery.finishedAt().orElse(null));
        }
    }

    /** A page of deliveries. */
    public record DeliveryPage(List<DeliveryView> items, long total, int page, int pageSize) {
        static DeliveryPage from(Page<Delivery> page) {
            return new DeliveryPage(
                    page.items().stream().map(DeliveryView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    Webhooks webhooks;

    @Inject
    WebhookRows rows;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    /** Whose webhooks these are. */
    abstract Webhook.Realm realm();

    @GET
    @Operation(summary = "Lists webhooks")
    public WebhookPage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return WebhookPage.from(rows.page(caller(), realm(), Pages.of(page, pageSize)));
    }

    @POST
    @Operation(summary = "Adds a webhook; its secret is shown this once")
    @APIResponseSchema(value = WebhookWithSecret.class, responseCode = "201")
    public Response add(WebhookSpec webhook) {
        Webhook.WithSecret added = webhooks.add(caller(), realm(), webhook.spec());
        return Response.created(uri.getAbsolutePathBuilder()
                        .path(added.webhook().id().toString())
                        .build())
                .entity(WebhookWithSecret.from(added))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "A webhook")
    public WebhookView get(@PathParam("id") UUID id) {
        return WebhookView.from(rows.require(caller(), realm(), id));
    }

    @PUT
    @Path("{id}")
    @Operation(summary = "Changes a webhook: all of it; enabling one that failed forgives it")
    public WebhookView change(@PathParam("id") UUID id, WebhookSpec webhook) {
        return WebhookView.from(webhooks.change(caller(), realm(), id, webhook.spec()));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Removes a webhook and its deliveries")
    public void remove(@PathParam("id") UUID id) {
        rows.remove(caller(), realm(), id);
    }

    @POST
    @Path("{id}/rotate-secret")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary =
                    "Makes a new secret, shown this once; the old one signs beside it for a day, unless it is changed again")
    public WebhookWithSecret rotateSecret(@PathParam("id") UUID id) {
        return WebhookWithSecret.from(rows.rotateSecret(caller(), realm(), id));
    }

    @POST
    @Path("{id}/test")
    @CountedAs(RouteClass.STRICT)
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Calls the webhook with an event of the type webhook.test")
    @APIResponseSchema(value = TestSent.class, responseCode = "202")
    public Response test(@PathParam("id") UUID id) {
        return Response.accepted(new TestSent(rows.test(caller(), realm(), id))).build();
    }

    @GET
    @Path("{id}/deliveries")
    @Operation(summary = "Lists a webhook's deliveries, newest first; state: waiting, delivered, failed")
    public DeliveryPage deliveries(
            @PathParam("id") UUID id,
            @QueryParam("state") String state,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        return DeliveryPage.from(
                rows.deliveries(caller(), realm(), id, DeliveryStates.of(state), Pages.of(page, pageSize)));
    }

    @POST
    @Path("{id}/deliveries/{deliveryId}/replay")
    @CountedAs(RouteClass.STRICT)
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Calls again for a delivery that is over, with the same event's id")
    @APIResponseSchema(value = void.class, responseCode = "202")
    public Response replay(@PathParam("id") UUID id, @PathParam("deliveryId") UUID deliveryId) {
        rows.replay(caller(), realm(), id, deliveryId);
        return Response.accepted().build();
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
