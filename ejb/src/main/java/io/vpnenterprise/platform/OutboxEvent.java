package io.vpnenterprise.platform;

/**
 * An event on its way to those who hear: observe it by CDI, in a transaction of its own. Throwing means "again later";
 * hearing it twice must do no harm.
 *
 * @param id counts up; later events have higher ones
 * @param type the event record's simple name
 * @param payload the record as JSON
 */
public record OutboxEvent(long id, String type, String payload) {

    public boolean is(Class<? extends Record> event) {
        return type.equals(event.getSimpleName());
    }
}
