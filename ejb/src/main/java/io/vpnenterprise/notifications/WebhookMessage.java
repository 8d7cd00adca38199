package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.AuditEvent;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;

/**
 * What a webhook gets.
 *
 * @param id of the event: the same at each attempt and replay, so that a receiver does its work once
 */
public record WebhookMessage(UUID id, String type, OffsetDateTime createdAt, Data data) {

    /**
     * What happened.
     *
     * @param actor who did it; absent where that is not the receiver's to know
     * @param subjectId the member whom it concerns; may be absent
     */
    public record Data(
            String action,
            Actor actor,
            Target target,
            UUID subjectId,
            UUID organisationId,
            String severity,
            Map<String, String> details) {
        public Data {
            details = Map.copyOf(details);
        }
    }

    /** Who did it. */
    public record Actor(UUID id, String name) {}

    /** What it was done to. */
    public record Target(String kind, String id, String name) {}

    /** For a webhook of the platform: all of it. */
    static WebhookMessage forThePlatform(UUID id, String type, AuditEvent event) {
        return of(id, type, event, new Actor(event.actor().id(), event.actor().name()));
    }

    /** For a member's own: who else was involved, such as an admin, is not his to know. */
    static WebhookMessage forMember(UUID id, String type, AuditEvent event, UUID member) {
        boolean himself = member.equals(event.actor().id());
        return of(id, type, event, himself ? new Actor(member, event.actor().name()) : null);
    }

    static WebhookMessage test(UUID id, OffsetDateTime now) {
        Target none = new Target("", "", "");
        return new WebhookMessage(
                id, WebhookEvents.TEST, now, new Data(WebhookEvents.TEST, null, none, null, null, "info", Map.of()));
    }

    private static WebhookMessage of(UUID id, String type, AuditEvent event, Actor actor) {
        AuditEvent.Target target = event.target();
        return new WebhookMessage(
                id,
                type,
                event.at(),
                new Data(
                        event.action(),
                        actor,
                        new Target(target.kind(), target.id(), target.name()),
                        event.subjectId(),
                        event.organisationId(),
                        event.severity().name().toLowerCase(java.util.Locale.ROOT),
                        event.details()));
    }
}
