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
        sql.update(
                "INSERT INTO outbox (type, payload) VALUES (?, ?::jsonb)",
                event.getClass().getSimpleName(),
                OutboxEvent.JSON.toJson(event));
    }
}
