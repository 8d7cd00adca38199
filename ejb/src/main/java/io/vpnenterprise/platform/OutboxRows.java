package io.vpnenterprise.platform;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The short transactions of {@link OutboxDelivery}. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class OutboxRows {

    /** Then the event is parked: it stays, undelivered, for a person to look at. */
    private static final int ATTEMPTS = 10;

    @Inject
    Sql sql;

    @Inject
    Event<OutboxBatch> batchListeners;

    @Inject
    Event<OutboxEvent> listeners;

    /** The next events that are due. */
    public List<Long> due(int most) {
        return sql.list("""
                SELECT id FROM outbox WHERE delivered_at IS NULL AND attempts < ? AND due_at <= now()
                ORDER BY id LIMIT ?""", row -> row.getLong(1), ATTEMPTS, most);
    }

    /**
     * Lets all who hear have the events, in order, and notes it in the same commit.
     *
     * @return false, with nothing done, when another application node is delivering
     */
    public boolean deliver(List<Long> ids) {
        // One node at a time: two would let a later batch overtake an earlier one.
        boolean ours = sql.first(
                        "SELECT pg_try_advisory_xact_lock(hashtextextended('outbox', 0))", row -> row.getBoolean(1))
                .orElseThrow();
        if (!ours) {
            return false;
        }
        List<OutboxEvent> events =
                sql.list("""
                SELECT id, type, payload::text FROM outbox WHERE id = ANY (?) AND delivered_at IS NULL
                ORDER BY id FOR UPDATE""", row -> new OutboxEvent(row.getLong(1), row.getString(2), row.getString(3)), ids);
        batchListeners.fire(new OutboxBatch(events));
        events.forEach(listeners::fire);
        sql.update("UPDATE outbox SET delivered_at = now() WHERE id = ANY (?) AND delivered_at IS NULL", ids);
        return true;
    }

    /** Another try after 2, 4, 8 … seconds. Later events overtake it. */
    public void postpone(long id) {
        sql.update("""
                UPDATE outbox SET attempts = attempts + 1, due_at = now() + make_interval(secs => 2 ^ (attempts + 1))
                WHERE id = ?""", id);
    }

    /** How many events wait, and how many are parked. */
    public Map<String, Long> countByState() {
        Map<String, Long> figures = new TreeMap<>(Map.of("waiting", 0L, "parked", 0L));
        sql.list("""
                SELECT CASE WHEN attempts < ? THEN 'waiting' ELSE 'parked' END, count(*)
                FROM outbox WHERE delivered_at IS NULL GROUP BY 1""", row -> figures.put(row.getString(1), row.getLong(2)), ATTEMPTS);
        return figures;
    }
}
