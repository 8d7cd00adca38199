package io.vpnenterprise.notifications;

import io.vpnenterprise.identity.Sessions;
import io.vpnenterprise.identity.User;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.OutboxEvent;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** Hears of what happened, and makes the deliveries of it for all webhooks that want it. */
@ApplicationScoped
class WebhookHearing {

    private static final Jsonb JSON = JsonbBuilder.create();

    private record Hearing(UUID id, Optional<UUID> member) {}

    @Inject
    Sql sql;

    @Inject
    Sessions sessions;

    @Inject
    DeliveryRows deliveries;

    void hear(@Observes OutboxEvent event) {
        event.as(AuditEvent.class).ifPresent(what -> WebhookEvents.nameOf(what.action())
                .ifPresent(type -> hear(what, type, EventIds.of(event))));
    }

    private void hear(AuditEvent event, String type, UUID eventId) {
        sql
                .list(
                        """
                        SELECT id, user_id FROM webhooks
                        WHERE enabled AND (user_id IS NULL OR user_id = ?::uuid OR user_id = ?::uuid)
                          AND (? = ANY (events) OR '*' = ANY (events))""",
                        row -> new Hearing(Sql.uuid(row, "id"), Optional.ofNullable(Sql.uuid(row, "user_id"))),
                        text(event.actor().id()),
                        text(event.subjectId()),
                        type)
                .stream()
                .filter(webhook -> webhook.member().map(this::isActive).orElse(true))
                .forEach(webhook -> deliver(
                        webhook.id(),
                        webhook.member(),
                        webhook.member()
                                .map(member -> WebhookMessage.forMember(eventId, type, event, member))
                                .orElseGet(() -> WebhookMessage.forThePlatform(eventId, type, event))));
    }

    /** @param member whose webhook it is; empty for the platform's */
    void deliver(UUID webhook, Optional<UUID> member, WebhookMessage message) {
        deliveries.add(
                new DeliveryRows.New(
                        Channel.WEBHOOK,
                        "webhook " + webhook,
                        webhook.toString(),
                        message.id(),
                        message.type(),
                        member.orElse(null),
                        null),
                JSON.toJson(message).getBytes(StandardCharsets.UTF_8),
                Delivery.State.WAITING);
    }

    private boolean isActive(UUID member) {
        return sessions.findUser(member)
                .filter(user -> user.state() == User.State.ACTIVE)
                .isPresent();
    }

    private static String text(UUID id) {
        return id == null ? null : id.toString();
    }
}
