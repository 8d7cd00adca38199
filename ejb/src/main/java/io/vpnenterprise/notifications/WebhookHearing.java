package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.OutboxEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;

/** Hears of what happened, for webhooks. */
@ApplicationScoped
class WebhookHearing {

    private final Jsonb json = JsonbBuilder.create();

    @Inject
    WebhookRows rows;

    void hear(@Observes OutboxEvent event) {
        if (event.is(AuditEvent.class)) {
            AuditEvent what = json.fromJson(event.payload(), AuditEvent.class);
            WebhookEvents.nameOf(what.action()).ifPresent(type -> rows.hear(what, type, EventIds.of(event)));
        }
    }
}
