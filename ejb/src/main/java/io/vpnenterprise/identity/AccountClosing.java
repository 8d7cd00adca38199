package io.vpnenterprise.identity;

import java.util.UUID;

/**
 * An account is being suspended or deleted: heard in the same transaction, by those who let it use something. Its row is
 * locked: whoever asked {@link UserRows#requireActive} has committed, or is refused.
 */
public record AccountClosing(UUID userId) {}
