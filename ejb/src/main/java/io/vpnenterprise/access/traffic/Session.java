package io.vpnenterprise.access.traffic;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * A time in which a device was heard from.
 *
 * @param beganAt its first handshake
 * @param uploaded bytes that the device sent
 * @param downloaded bytes that the device got
 * @param endReason as the connection's, or {@code silent}
 */
public record Session(
        UUID id,
        UUID connectionId,
        UUID userId,
        UUID deviceId,
        String deviceName,
        UUID serverId,
        String serverName,
        OffsetDateTime beganAt,
        OffsetDateTime latestHandshakeAt,
        long uploaded,
        long downloaded,
        Optional<OffsetDateTime> endedAt,
        Optional<String> endReason) {}
