package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.OutboxEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Set;

/**
 * What a thief left to listen goes when the owner takes his account back: browsers and webhooks, which outlive all sessions.
 * Those of the owner he adds and enables again.
 */
@ApplicationScoped
class AccountRecovery {

    private static final Set<String> RECOVERIES = Set.of("user.password-reset", "user.security-reset");

    @Inject
    PushSubscriptions pushSubscriptions;

    @Inject
    WebhookHealth webhooks;

    /** Before those who would still tell them. */
    void hear(@Observes @Priority(1) OutboxEvent event) {
        event.as(AuditEvent.class)
                .filter(what -> RECOVERIES.contains(what.action()) && what.subjectId() != null)
                .ifPresent(what -> {
                    pushSubscriptions.removeAll(what.subjectId());
                    webhooks.disableAll(what.subjectId());
                });
    }
}
