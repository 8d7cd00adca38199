package io.vpnenterprise.audit;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.OutboxBatch;
import io.vpnenterprise.platform.OutboxEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Appends each audit event of the outbox to the log, once, in the transaction that marks it as delivered. */
@ApplicationScoped
class AuditAppender {

    private static final Logger LOG = Logger.getLogger(AuditAppender.class.getName());

    /** The log's own entry where its end was found touched: the number of no event. */
    private static final String HEAD_ALTERED = "audit.head-altered";

    @Inject
    AuditRows rows;

    void append(@Observes OutboxBatch batch) {
        List<OutboxEvent> events = batch.events().stream()
                .filter(event -> event.is(AuditEvent.class))
                .toList();
        if (events.isEmpty()) {
            return;
        }
        AuditRows.Found found = rows.lockedHead();
        Set<Long> heard = rows.heard(events.stream().map(OutboxEvent::id).toList());
        List<AuditEntry> entries = new ArrayList<>();
        AuditHead head = found.sound() ? found.head() : evidence(found, entries);
        for (OutboxEvent event : events) {
            if (!heard.contains(event.id())) {
                AuditEntry entry = hashed(event.as(AuditEvent.class).orElseThrow(), event.id(), head);
                entries.add(entry);
                head = AuditHead.at(entry);
            }
        }
        if (!entries.isEmpty()) {
            rows.append(entries);
        }
    }

    /**
     * Somebody wrote the head who has no key, or set it back. The log goes on behind whatever is there, but not as if
     * nothing had been: its next entry says so, for ever.
     */
    private AuditHead evidence(AuditRows.Found found, List<AuditEntry> entries) {
        LOG.log(Level.SEVERE, "the audit''s head was altered: it says {0}, the last entry is {1}", new Object[] {
            found.head().anchor(), String.valueOf(found.last())
        });
        AuditHead goOn = rows.find(found.last()).map(AuditHead::at).orElse(AuditHead.BEFORE_THE_FIRST);
        AuditEvent event = AuditEvent.bySystem(HEAD_ALTERED)
                .of(AuditEvent.Severity.CRITICAL)
                .with("head", found.head().anchor())
                .with("genuine", found.genuine());
        // Events count from 1 upwards, so this number is free, and names the place.
        AuditEntry entry = hashed(event, -goOn.sequence() - 1, goOn);
        entries.add(entry);
        return AuditHead.at(entry);
    }

    /** Whether an entry is the log's own evidence that its end was touched before it. */
    static boolean isEvidence(AuditEntry entry) {
        return entry.action().equals(HEAD_ALTERED) && entry.outboxId() < 0;
    }

    private AuditEntry hashed(AuditEvent event, long outboxId, AuditHead head) {
        AuditEntry entry = AuditEntry.of(event, outboxId, head);
        return entry.hashed(rows.chain().hash(entry));
    }
}
