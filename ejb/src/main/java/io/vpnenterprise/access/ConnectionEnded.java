package io.vpnenterprise.access;

import java.util.UUID;

/** A connection is over; its peer goes from the host. */
public record ConnectionEnded(UUID connectionId, String reason) {}
