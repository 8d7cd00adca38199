package io.vpnenterprise.access;

import java.util.UUID;

/** A connection has ended: heard in the same transaction, by those who hold something of it. */
public record ConnectionEnded(UUID connectionId, String reason) {}
