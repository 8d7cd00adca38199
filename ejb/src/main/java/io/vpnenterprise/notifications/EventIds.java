package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.OutboxEvent;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Names what happened, for those outside: the same however often it is heard. */
final class EventIds {

    private EventIds() {}

    /** Of the content too: a database that was set back counts the same numbers again, for other events. */
    static UUID of(OutboxEvent event) {
        return UUID.nameUUIDFromBytes((event.id() + " " + event.payload()).getBytes(StandardCharsets.UTF_8));
    }
}
