package io.vpnenterprise.fleet;

import java.util.UUID;

/** A server is about to be deleted: heard in the same transaction, by those who hold something on it. */
public record ServerClosing(UUID serverId) {}
