package io.vpnenterprise.audit;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.OutboxBatch;
import io.vpnenterprise.platform.OutboxEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Appends each audit event of the outbox to the log, once, in the transaction that marks it as audited. */
@ApplicationScoped
class AuditAppender {

    private static final Logger LOG = Logger.getLogger(AuditAppender.class.getName());

    /** Thread-safe, by its contract. */
    private static final Jsonb JSON = JsonbBuilder.create();

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
        AuditEvent event = AuditEvent.bySystem(AuditEntry.HEAD_ALTERED)
                .of(AuditEvent.Severity.CRITICAL)
                .with("head", found.head().anchor())
                .with("genuine", found.genuine());
        // Events count from 1 upwards, so this number is free, and names the place.
        AuditEntry entry = hashed(event, -goOn.sequence() - 1, goOn);
        entries.add(entry);
        return AuditHead.at(entry);
    }

    private AuditEntry hashed(AuditEvent event, long outboxId, AuditHead head) {
        AuditEntry entry = entry(event, outboxId, head);
        return entry.hashed(rows.chain().hash(entry));
    }

    /** The next entry, not hashed yet. */
    private static AuditEntry entry(AuditEvent event, long outboxId, AuditHead head) {
        return new AuditEntry(
                head.sequence() + 1,
                outboxId,
                // What the database keeps of a time.
                event.at().withOffsetSameInstant(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS),
                event.actor().id(),
                event.actor().name(),
                event.actor().method(),
                event.action(),
                event.severity().name(),
                event.target().kind(),
                event.target().id(),
                event.target().name(),
                event.subjectId(),
                event.organisationId(),
                event.origin().address(),
                event.origin().userAgent(),
                event.origin().requestId(),
                JSON.toJson(new TreeMap<>(event.details())),
                head.hash(),
                "");
    }
}
