package io.vpnenterprise.access;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/** A period of use, as its member sees it. */
public record Connection(
        UUID id,
        UUID deviceId,
        String deviceName,
        UUID serverId,
        String serverName,
        String region,
        OffsetDateTime connectedAt,
        Optional<OffsetDateTime> disconnectedAt,
        Optional<String> endReason) {}
