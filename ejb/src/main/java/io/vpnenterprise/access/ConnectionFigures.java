package io.vpnenterprise.access;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.OutboxEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;

/** Counts connections from the outbox, once in the cluster each, whoever made them: not before their event is delivered. */
@ApplicationScoped
class ConnectionFigures {

    @Inject
    Metrics metrics;

    void count(@Observes(during = TransactionPhase.AFTER_SUCCESS) OutboxEvent event) {
        event.as(AuditEvent.class).map(AuditEvent::action).ifPresent(action -> {
            if (action.equals(PeerRows.CONNECTED)) {
                metrics.countConnection("began");
            } else if (action.equals(PeerRows.DISCONNECTED)) {
                metrics.countConnection("ended");
            }
        });
    }
}
