package io.vpnenterprise.platform;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The short transactions of {@link OutboxDelivery}. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class OutboxRows {

    private static final Logger LOG = Logger.getLogger(OutboxRows.class.getName());

    /** Of what a forged event says, as much as is shown to whoever looks into it. */
    private static final int MOST_CLAIMED = 500;

    private record Row(OutboxEvent event, byte[] mac) {}

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Event<OutboxBatch> batchListeners;

    @Inject
    Event<OutboxEvent> listeners;

    /** The next events that are due. */
    public List<Long> due(int most) {
        return sql.list("""
                SELECT id FROM outbox WHERE delivered_at IS NULL AND due_at <= now()
                ORDER BY id LIMIT ?""", row -> row.getLong(1), most);
    }

    /**
     * Lets the audit have those of the events that it has not heard: no failure of anybody else may keep them from it.
     *
     * @return false, with nothing done, when another application node is delivering
     */
    public boolean audit(List<Long> ids) {
        if (!takeTurn()) {
            return false;
        }
        List<OutboxEvent> events = ours(ids, "audited_at IS NULL");
        batchListeners.fire(new OutboxBatch(events));
        note("audited_at", events);
        return true;
    }

    /**
     * Lets all others who hear have those of the events that the audit has, and notes it in the same commit.
     *
     * @return as for {@link #audit}
     */
    public boolean deliver(List<Long> ids) {
        if (!takeTurn()) {
            return false;
        }
        List<OutboxEvent> events = ours(ids, "audited_at IS NOT NULL");
        events.forEach(listeners::fire);
        note("delivered_at", events);
        return true;
    }

    /** One node at a time: two would let a later batch overtake an earlier one. */
    private boolean takeTurn() {
        return sql.first("SELECT pg_try_advisory_xact_lock(hashtextextended('outbox', 0))", row -> row.getBoolean(1))
                .orElseThrow();
    }

    private List<OutboxEvent> ours(List<Long> ids, String condition) {
        List<Row> rows = sql.list(
                "SELECT id, type, payload::text, mac FROM outbox WHERE id = ANY (?) AND delivered_at IS NULL AND "
                        + condition + " ORDER BY id FOR UPDATE",
                row -> new Row(new OutboxEvent(row.getLong(1), row.getString(2), row.getString(3)), row.getBytes(4)),
                ids);
        List<OutboxEvent> ours = new ArrayList<>();
        for (Row row : rows) {
            if (outbox.isOurs(row.event(), row.mac())) {
                ours.add(row.event());
            } else {
                refuse(row.event());
            }
        }
        return ours;
    }

    /** Nobody hears it; what the audit hears instead is that somebody tried. */
    private void refuse(OutboxEvent forged) {
        LOG.log(
                Level.SEVERE,
                "event {0} of the outbox is not the platform''s: somebody else wrote it",
                "" + forged.id());
        String claimed = String.valueOf(forged.payload());
        outbox.add(AuditEvent.bySystem("audit.forged-event")
                .of(AuditEvent.Severity.CRITICAL)
                .on("event", forged.id(), String.valueOf(forged.type()))
                .with("claims", claimed.substring(0, Math.min(MOST_CLAIMED, claimed.length()))));
        note("delivered_at", List.of(forged));
    }

    private void note(String column, List<OutboxEvent> events) {
        if (!events.isEmpty()) {
            sql.update(
                    "UPDATE outbox SET " + column + " = now() WHERE id = ANY (?)",
                    events.stream().map(OutboxEvent::id).toList());
        }
    }

    /**
     * Another try after 2, 4, 8 … seconds, at last every hour. Later events overtake it.
     *
     * @return how often it has failed
     */
    public int postpone(long id) {
        return sql.first("""
                UPDATE outbox SET attempts = attempts + 1,
                    due_at = now() + make_interval(secs => least(2 ^ least(attempts + 1, 12), 3600))
                WHERE id = ? RETURNING attempts""", row -> row.getInt(1), id).orElse(0);
    }

    /** How many events wait: those that nothing is known against, and those that failed so far. */
    public Map<String, Long> countByState() {
        return byState("count(*)");
    }

    /** How old the oldest is of each, in seconds. */
    public Map<String, Long> oldestByState() {
        return byState("extract(epoch FROM now() - min(created_at))::bigint");
    }

    private Map<String, Long> byState(String figure) {
        Map<String, Long> figures = new TreeMap<>(Map.of("waiting", 0L, "failing", 0L));
        sql.list(
                "SELECT CASE WHEN attempts = 0 THEN 'waiting' ELSE 'failing' END, " + figure
                        + " FROM outbox WHERE delivered_at IS NULL GROUP BY 1",
                row -> figures.put(row.getString(1), row.getLong(2)));
        return figures;
    }
}
