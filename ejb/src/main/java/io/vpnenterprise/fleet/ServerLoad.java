package io.vpnenterprise.fleet;

import java.time.OffsetDateTime;

/**
 * How busy a server was when it was last sampled.
 *
 * @param activePeers peers with a session, 0 or more
 * @param bytesPerSecond in both directions together, 0 or more
 */
public record ServerLoad(int activePeers, long bytesPerSecond, OffsetDateTime sampledAt) {}
