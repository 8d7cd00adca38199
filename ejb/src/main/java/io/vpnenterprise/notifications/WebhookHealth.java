package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/** Whether webhooks are called: notes how calls go, tells owners, and disables. Locks a webhook before its deliveries. */
@Stateless
public class WebhookHealth {

    private static final String DISABLED = "webhook.disabled";

    private record Failing(UUID id, Optional<UUID> owner, URI url, Optional<OffsetDateTime> since, boolean ownerTold) {
        static Failing read(ResultSet row) throws SQLException {
            return new Failing(
                    Sql.uuid(row, "id"),
                    Optional.ofNullable(Sql.uuid(row, "owner")),
                    URI.create(row.getString("url")),
                    Sql.time(row, "failing_since"),
                    row.getBoolean("owner_told"));
        }
    }

    @Inject
    Sql sql;

    @Inject
    DeliveryRows deliveries;

    @Inject
    NotificationsConfig config;

    @Inject
    Outbox outbox;

    public void lock(UUID id) {
        sql.first("SELECT 1 FROM webhooks WHERE id = ? FOR NO KEY UPDATE", row -> true, id);
    }

    public void succeeded(UUID id) {
        // Not a write for each call: once a minute is enough for who looks.
        sql.update("""
                UPDATE webhooks SET failing_since = NULL, owner_told = false, last_success_at = now()
                WHERE id = ? AND (failing_since IS NOT NULL OR last_success_at IS NULL
                    OR last_success_at < now() - interval '1 minute')""", id);
    }

    /**
     * Notes that a call failed; tells the owner of the first delivery that was given up, and disables a webhook that
     * failed for long.
     *
     * @param gaveUp the delivery will not be tried again; while it will, a webhook that is seldom called is not judged by one
     *     failure now and one long ago
     * @param gone the receiver says that it wants no more
     */
    public void failed(UUID id, boolean gaveUp, boolean gone) {
        sql.first("""
                        UPDATE webhooks SET failing_since = coalesce(failing_since, now()) WHERE id = ? AND enabled
                        RETURNING id, coalesce(user_id, created_by) AS owner, url, failing_since, owner_told""", Failing::read, id).ifPresent(failing -> {
            if (gone || gaveUp && isForLong(failing)) {
                sql.update("UPDATE webhooks SET enabled = false WHERE id = ?", id);
                disabled(failing);
            } else if (gaveUp && !failing.ownerTold()) {
                sql.update("UPDATE webhooks SET owner_told = true WHERE id = ?", id);
                tellOwner("webhook.failing", failing);
            }
        });
    }

    private boolean isForLong(Failing failing) {
        OffsetDateTime longAgo = OffsetDateTime.now().minus(config.webhookDisableAfter());
        return failing.since().filter(since -> since.isBefore(longAgo)).isPresent();
    }

    /** Disables all of a member. */
    public void disableAll(UUID userId) {
        sql.list("""
                        UPDATE webhooks SET enabled = false WHERE user_id = ? AND enabled
                        RETURNING id, user_id AS owner, url, failing_since, owner_told""", Failing::read, userId).forEach(this::disabled);
    }

    private void disabled(Failing webhook) {
        deliveries.abandon(Channel.WEBHOOK, webhook.id().toString(), "disabled");
        tellOwner(DISABLED, webhook);
    }

    private void tellOwner(String action, Failing webhook) {
        AuditEvent event = AuditEvent.bySystem(action)
                .of(AuditEvent.Severity.WARNING)
                .on("webhook", webhook.id(), webhook.url().getHost());
        outbox.add(webhook.owner().map(event::concerning).orElse(event));
    }
}
