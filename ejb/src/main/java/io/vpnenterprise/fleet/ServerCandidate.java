package io.vpnenterprise.fleet;

import java.util.Optional;
import java.util.UUID;

/**
 * A server as placement and lists see it, with the state of its node.
 *
 * @param fresh whether the node answered lately
 * @param simulated whether there is no real device behind it
 * @param weight its share among others, 1 to 1,000; 100 is usual
 * @param live how busy it is, if it was sampled lately
 */
public record ServerCandidate(
        UUID id,
        UUID nodeId,
        String name,
        String region,
        String publicKey,
        String endpoint,
        String ipv4Pool,
        String ipv6Pool,
        int mtu,
        int capacity,
        int peerCount,
        boolean fresh,
        boolean simulated,
        int weight,
        Server.Intake intake,
        Optional<ServerLoad> live) {

    public boolean full() {
        return peerCount >= capacity;
    }

    /** Share of the capacity that is taken, 0 to 1. */
    public double load() {
        return (double) peerCount / capacity;
    }

    /** Whether it takes a connection now. */
    public boolean available() {
        return fresh && !full() && intake == Server.Intake.OPEN;
    }
}
