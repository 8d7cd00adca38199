package io.vpnenterprise.platform;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;

/** The short transactions of {@link OutboxDelivery}. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class OutboxRows {

    /** Then the event is parked: it stays, undelivered, for a person to look at. */
    private static final int ATTEMPTS = 10;

    @Inject
    Sql sql;

    @Inject
    Event<OutboxEvent> listeners;

    /** The next event that is due, or -1. */
    public long next() {
        return sql.first("""
                        SELECT id FROM outbox WHERE delivered_at IS NULL AND attempts < ? AND due_at <= now()
                        ORDER BY id LIMIT 1""", row -> row.getLong(1), ATTEMPTS).orElse(-1L);
    }

    /** Lets all who hear have the event, and notes it in the same commit; nothing when another node is at it. */
    public void deliver(long id) {
        sql.first(
                        "SELECT id, type, payload::text FROM outbox WHERE id = ? AND delivered_at IS NULL FOR UPDATE",
                        row -> new OutboxEvent(row.getLong(1), row.getString(2), row.getString(3)),
                        id)
                .ifPresent(event -> {
                    listeners.fire(event);
                    sql.update("UPDATE outbox SET delivered_at = now() WHERE id = ?", id);
                });
    }

    /** Another try after 2, 4, 8 … seconds. Later events overtake it. */
    public void postpone(long id) {
        sql.update("""
                UPDATE outbox SET attempts = attempts + 1, due_at = now() + make_interval(secs => 2 ^ (attempts + 1))
                WHERE id = ?""", id);
    }
}
