package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.UUID;

/** The short transactions that put what happened in tenants' databases into the audit. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class TenantChanges {

    @Inject
    Outbox outbox;

    public void note(Caller caller, UUID tenantId, Change change) {
        AuditEvent event = AuditEvent.by(caller, change.action()).on("tenant", tenantId, "");
        for (Map.Entry<String, String> detail : change.details().entrySet()) {
            event = event.with(detail.getKey(), detail.getValue());
        }
        outbox.add(event);
    }
}
