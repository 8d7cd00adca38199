package io.vpnenterprise.notifications;

import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A browser that gets a member's push messages.
 *
 * @param service the push service's host
 */
public record PushSubscription(UUID id, String service, String userAgent, OffsetDateTime createdAt) {}
