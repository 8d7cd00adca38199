package io.vpnenterprise.access;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * A period of use, as its member sees it.
 *
 * @param leaving whether the device has a connection to another server beside this one, and this one ends when it is used
 */
public record Connection(
        UUID id,
        UUID deviceId,
        String deviceName,
        UUID serverId,
        String serverName,
        String region,
        OffsetDateTime connectedAt,
        Optional<OffsetDateTime> disconnectedAt,
        Optional<String> endReason,
        boolean leaving) {}
