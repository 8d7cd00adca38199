package io.vpnenterprise.platform;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * What other features shall hear: written in the transaction that made it true, delivered after it, at least once, about in
 * the order of their ids. Who hears must not rely on that order: an event that fails is overtaken.
 *
 * <p>Events are records of ids and values, named in the past tense, with nothing secret in them. Each row carries a mac of
 * its id, type and payload under a key that the database does not have: what somebody else wrote there is not delivered.
 */
@ApplicationScoped
public class Outbox {

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    /** Adds an event; needs a transaction. Its type is the record's simple name. */
    public void add(Record event) {
        addPromised(event.getClass(), List.of(promise(event)));
    }

    /** The event as JSON, for a row that keeps it, sealed, until it is true. */
    public String promise(Record event) {
        return OutboxEvent.JSON.toJson(event);
    }

    /** Adds events of one type that were promised, now that they are true; needs a transaction. */
    public void addPromised(Class<? extends Record> type, List<String> promised) {
        // Before the rows, for the mac is over the id too: a copy of a row is no other event.
        List<Long> ids = sql.list(
                "SELECT nextval('outbox_id_seq') FROM generate_series(1, ?)", row -> row.getLong(1), promised.size());
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < promised.size(); i++) {
            OutboxEvent event = new OutboxEvent(ids.get(i), type.getSimpleName(), promised.get(i));
            rows.add(List.of(event.id(), event.type(), event.payload(), mac(event)));
        }
        sql.updateAll(
                "INSERT INTO outbox (id, type, payload, mac) OVERRIDING SYSTEM VALUE VALUES (?, ?, ?::json, ?)", rows);
    }

    /** Whether the platform wrote it, and just so. */
    boolean isOurs(OutboxEvent event, byte[] mac) {
        return MessageDigest.isEqual(mac(event), mac);
    }

    private byte[] mac(OutboxEvent event) {
        return secrets.mac(event.id() + "\n" + event.type() + "\n" + event.payload(), "outbox");
    }
}
