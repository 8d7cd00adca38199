package io.vpnenterprise.notifications;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * What a member finds in the application.
 *
 * @param category {@code security_alert}, {@code connection}, {@code device} or {@code system}
 * @param level {@code info}, {@code warning} or {@code critical}
 * @param action of the event that it tells of
 */
public record Notification(
        UUID id,
        String category,
        String level,
        String action,
        String title,
        String body,
        OffsetDateTime createdAt,
        Optional<OffsetDateTime> readAt) {}
