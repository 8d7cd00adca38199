package io.vpnenterprise.notifications;

import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A delivery that this node has claimed, for one attempt.
 *
 * @param claim of this attempt: who comes later with another one has lost it
 * @param attempt the first is 1
 * @param queuedAt when its time began, after which it is given up
 * @param over whether it comes too late to be of use
 */
public record Parcel(
        UUID id,
        UUID claim,
        Channel channel,
        String lane,
        String destination,
        UUID eventId,
        String type,
        byte[] content,
        int attempt,
        OffsetDateTime queuedAt,
        boolean over) {

    @Override
    public String toString() {
        return channel.label() + " " + id;
    }
}
