package io.vpnenterprise.audit;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.Outbox;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Known callers who wanted what they may not, or whose session another page used. The first time in an hour, for each
 * caller, kind of credential and reason, on each application node: a flood must not fill the log.
 */
@Singleton
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
public class Refusals {

    private static final Duration WINDOW = Duration.ofHours(1);

    /** About 5 MB. Each is a known account: more at once are more than a flood of one. */
    private static final int MOST = 20_000;

    private final Map<String, Instant> notedUntil = new ConcurrentHashMap<>();

    @Inject
    Outbox outbox;

    /** @param endpoint method and path as declared, without ids */
    public void note(Caller caller, ErrorCode reason, String endpoint) {
        if (isFirst(caller.userId() + " " + caller.credential().kind() + " " + reason.name())) {
            // Told to nobody: whoever was refused knows it.
            outbox.add(AuditEvent.by(caller, "access.refused")
                    .of(AuditEvent.Severity.WARNING)
                    .on("endpoint", endpoint, "")
                    .concerning(null)
                    .with("reason", reason.name()));
        }
    }

    private boolean isFirst(String subject) {
        Instant now = Instant.now();
        if (notedUntil.size() >= MOST) {
            notedUntil.values().removeIf(until -> until.isBefore(now));
        }
        Instant until = now.plus(WINDOW);
        return until.equals(
                notedUntil.compute(subject, (key, noted) -> noted == null || noted.isBefore(now) ? until : noted));
    }
}
