package io.vpnenterprise.platform;

import java.util.List;

/**
 * Events on their way to the audit, all of one transaction together and before anybody else hears them. For the rest as
 * {@link OutboxEvent}.
 *
 * @param events in the order of their ids
 */
public record OutboxBatch(List<OutboxEvent> events) {
    public OutboxBatch {
        events = List.copyOf(events);
    }
}
