package io.vpnenterprise.access;

import io.vpnenterprise.node.PeerState;
import java.util.List;
import java.util.UUID;

/**
 * Peers of an imported interface have owners from now on: heard in the same transaction, by those who count from here.
 *
 * @param incarnation of the device whose counters they have
 */
public record PeersAdopted(UUID serverId, String incarnation, List<Adopted> peers) {

    /** One of them, as it was found. */
    public record Adopted(UUID userId, UUID deviceId, PeerState found) {}
}
