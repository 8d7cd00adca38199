package io.vpnenterprise.platform;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * What other features shall hear: written in the transaction that made it true, delivered after it, at least once, in
 * the order of their ids for each subject.
 *
 * <p>Events are records of ids and values, named in the past tense, with nothing secret in them.
 */
@ApplicationScoped
public class Outbox {

    @Inject
    Sql sql;

    /** Adds an event; needs a transaction. Its type is the record's simple name. */
    public void add(Record event) {
        addPromised(event.getClass(), promise(event));
    }

    /** The event as JSON, for a row that keeps it until it is true. */
    public String promise(Record event) {
        return OutboxEvent.JSON.toJson(event);
    }

    /** Adds an event that was promised, now that it is true; needs a transaction. */
    public void addPromised(Class<? extends Record> event, String promised) {
        sql.update("INSERT INTO outbox (type, payload) VALUES (?, ?::jsonb)", event.getSimpleName(), promised);
    }
}
