package io.vpnenterprise.audit;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.OptionalLong;

/** Exports, a part of the log each: who takes it away is in it. */
@Stateless
public class AuditExports {

    @Inject
    AuditTrail trail;

    @Inject
    Outbox outbox;

    /** The part that the caller may take: the newest, or the newest below a cursor. */
    public AuditTrail.Part begin(Caller caller, OptionalLong before) {
        outbox.add(AuditEvent.by(caller, "audit.exported"));
        return trail.part(before);
    }
}
