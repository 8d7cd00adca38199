package io.vpnenterprise.access;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * How far a server is emptied.
 *
 * @param deadline when those whose successor was there from the beginning leave at the latest
 * @param finishedAt when the last peer had left
 * @param leaving peers that have a successor on another server, where their device was not heard yet
 * @param unplaced peers without a successor: no other server has room for them, or it is their turn yet
 */
public record Drain(
        UUID serverId,
        OffsetDateTime begunAt,
        OffsetDateTime deadline,
        Optional<OffsetDateTime> finishedAt,
        int leaving,
        int unplaced) {

    /** Peers that are still there. */
    public int residual() {
        return leaving + unplaced;
    }
}
