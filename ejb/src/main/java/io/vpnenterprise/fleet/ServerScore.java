package io.vpnenterprise.fleet;

import java.util.Optional;

/**
 * What decides between the servers of a region: the lowest goes first.
 *
 * <p>The share that is taken changes with each member, so that many who come between two samples spread; the live share
 * says what those members do. A server without a fresh sample counts as busy as it is full, never as idle.
 *
 * @param peerShare of the capacity that is taken, 0 to 1
 * @param liveShare of the capacity that has a session or of the link that carries traffic, whichever is greater, 0 or more
 * @param weight the server's share among others, 1 to 1,000
 */
public record ServerScore(double peerShare, Optional<Double> liveShare, int weight) {

    /** @param linkBytesPerSecond what a server's link carries, 1 or more */
    static ServerScore of(ServerCandidate server, long linkBytesPerSecond) {
        return new ServerScore(
                server.load(),
                server.live()
                        .map(live -> Math.max(
                                (double) live.activePeers() / server.capacity(),
                                (double) live.bytesPerSecond() / linkBytesPerSecond)),
                server.weight());
    }

    /** 0 or more: of a server of the usual weight 100, the mean of the two shares. */
    public double value() {
        return (peerShare + liveShare.orElse(peerShare)) / 2 * 100 / weight;
    }
}
