package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.UUID;

/** The short transactions that put changes of tenants' databases into the audit. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class TenantChanges {

    @Inject
    Outbox outbox;

    public void note(Caller caller, UUID tenantId, Change change) {
        outbox.add(AuditEvent.by(caller, change.action())
                .on("tenant", tenantId, change.what())
                .with("count", change.count()));
    }
}
