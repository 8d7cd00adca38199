package io.vpnenterprise.query.assistant;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.UUID;

/** What the audit hears of the assistant: that a catalogue left the platform. */
@Stateless
public class AssistantRows {

    @Inject
    Outbox outbox;

    public void noteAsked(Caller caller, UUID tenantId, Action action) {
        outbox.add(AuditEvent.by(caller, "tenant.assistant-asked")
                .on("tenant", tenantId, "")
                .with("action", action.label()));
    }
}
