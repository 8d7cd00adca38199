package io.vpnenterprise.notifications.web;

import io.vpnenterprise.notifications.Webhook;
import io.vpnenterprise.notifications.WebhookEvents;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's own webhooks: they hear what he does, and what concerns him. */
@Path("webhooks")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Webhooks")
public class WebhooksResource extends WebhookEndpoints {

    /** Names of events. */
    public record EventNames(List<String> events) {}

    @Override
    Webhook.Realm realm() {
        return Webhook.Realm.OWN;
    }

    @GET
    @Path("events")
    @Operation(summary = "The events that a webhook can hear of")
    public EventNames events() {
        return new EventNames(WebhookEvents.published());
    }
}
