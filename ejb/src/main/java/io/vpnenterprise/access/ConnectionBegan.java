package io.vpnenterprise.access;

import java.util.UUID;

/** A host confirmed a peer: the device can use the server. */
public record ConnectionBegan(UUID connectionId) {}
