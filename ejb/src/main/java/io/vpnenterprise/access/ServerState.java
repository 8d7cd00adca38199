package io.vpnenterprise.access;

import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * How far a server's host is what the database says.
 *
 * @param desiredGeneration how often that has changed
 * @param desiredPeers that the host must have
 * @param underWay peers that the writer is about to bring to the host or take from it
 * @param provedGeneration of what the host was last proved to have, key by key, those under way apart
 * @param digest of what was proved: 128 bits in hexadecimal
 * @param comparedAt when the last comparison began
 * @param failure why it failed, if it did
 * @param foreignPeers on the host that the database does not know, and that wait for an admin's word
 */
public record ServerState(
        long desiredGeneration,
        int desiredPeers,
        int underWay,
        Optional<Long> provedGeneration,
        Optional<OffsetDateTime> provedAt,
        Optional<String> digest,
        Optional<OffsetDateTime> comparedAt,
        Optional<String> failure,
        int foreignPeers,
        Optional<OffsetDateTime> repairedAt,
        Repair repaired) {}
