package io.vpnenterprise.platform;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.util.Optional;

/**
 * An event on its way to those who hear: observe it by CDI, in the delivery's transaction. Throwing means "again later";
 * hearing it twice must do no harm.
 *
 * @param id counts up; later events have higher ones
 * @param type the event record's simple name
 * @param payload the record as JSON
 */
public record OutboxEvent(long id, String type, String payload) {

    /** Thread-safe, by its contract. */
    static final Jsonb JSON = JsonbBuilder.create();

    public boolean is(Class<? extends Record> event) {
        return type.equals(event.getSimpleName());
    }

    /** The event as the record that was added; empty when it is another one. */
    public <T extends Record> Optional<T> as(Class<T> event) {
        return is(event) ? Optional.of(JSON.fromJson(payload, event)) : Optional.empty();
    }
}
