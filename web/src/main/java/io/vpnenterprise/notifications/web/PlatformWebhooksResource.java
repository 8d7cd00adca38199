package io.vpnenterprise.notifications.web;

import io.vpnenterprise.notifications.Webhook;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The platform's webhooks, which admins share: they hear of everybody. */
@Path("admin/webhooks")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.ADMIN)
@Tag(name = "Webhooks")
public class PlatformWebhooksResource extends WebhookEndpoints {

    @Override
    Webhook.Realm realm() {
        return Webhook.Realm.PLATFORM;
    }
}
