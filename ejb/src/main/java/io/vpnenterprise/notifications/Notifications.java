package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** A member's notifications in the application, and what he wants to hear. Others' are not found, as if there were none. */
@Stateless
public class Notifications {

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    /** Newest first. */
    public Page<Notification> page(Caller caller, boolean onlyUnread, Page.Request request) {
        String filter = "FROM notifications WHERE user_id = ? AND (NOT ? OR read_at IS NULL)";
        long total = sql.first("SELECT count(*) " + filter, row -> row.getLong(1), caller.userId(), onlyUnread)
                .orElseThrow();
        List<Notification> items = sql.list(
                "SELECT * " + filter + " ORDER BY created_at DESC, id LIMIT ? OFFSET ?",
                row -> new Notification(
                        Sql.uuid(row, "id"),
                        row.getString("category"),
                        row.getString("level"),
                        row.getString("action"),
                        row.getString("title"),
                        row.getString("body"),
                        Sql.time(row, "created_at").orElseThrow(),
                        Sql.time(row, "read_at")),
                caller.userId(),
                onlyUnread,
                request.pageSize(),
                request.offset());
        return Page.of(items, total, request);
    }

    public long unread(Caller caller) {
        return sql.first(
                        "SELECT count(*) FROM notifications WHERE user_id = ? AND read_at IS NULL",
                        row -> row.getLong(1),
                        caller.userId())
                .orElseThrow();
    }

    public void markRead(Caller caller, UUID id) {
        requireOne(
                id,
                sql.update(
                        "UPDATE notifications SET read_at = coalesce(read_at, now()) WHERE id = ? AND user_id = ?",
                        id,
                        caller.userId()));
    }

    public void markAllRead(Caller caller) {
        sql.update("UPDATE notifications SET read_at = now() WHERE user_id = ? AND read_at IS NULL", caller.userId());
    }

    public void remove(Caller caller, UUID id) {
        requireOne(id, sql.update("DELETE FROM notifications WHERE id = ? AND user_id = ?", id, caller.userId()));
    }

    private static void requireOne(UUID id, int changed) {
        if (changed == 0) {
            throw new VpnException(NotificationsError.NOTIFICATION_NOT_FOUND, String.valueOf(id));
        }
    }

    public NotificationSettings settings(UUID userId) {
        return sql.first(
                        "SELECT * FROM notification_settings WHERE user_id = ?",
                        row -> new NotificationSettings(
                                row.getBoolean("email"),
                                row.getBoolean("push"),
                                row.getBoolean("security_alerts"),
                                row.getBoolean("connection_events"),
                                row.getBoolean("threat_alerts"),
                                row.getBoolean("subscription_updates"),
                                row.getBoolean("marketing_emails")),
                        userId)
                .orElse(NotificationSettings.DEFAULT);
    }

    public void set(Caller caller, NotificationSettings settings) {
        sql.update(
                """
                INSERT INTO notification_settings (user_id, email, push, security_alerts, connection_events,
                    threat_alerts, subscription_updates, marketing_emails)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, push = excluded.push,
                    security_alerts = excluded.security_alerts, connection_events = excluded.connection_events,
                    threat_alerts = excluded.threat_alerts, subscription_updates = excluded.subscription_updates,
                    marketing_emails = excluded.marketing_emails""",
                caller.userId(),
                settings.email(),
                settings.push(),
                settings.securityAlerts(),
                settings.connectionEvents(),
                settings.threatAlerts(),
                settings.subscriptionUpdates(),
                settings.marketingEmails());
        outbox.add(AuditEvent.by(caller, "notification-settings.changed")
                .on("user", caller.userId(), caller.email())
                .with("email", settings.email())
                .with("push", settings.push())
                .with("securityAlerts", settings.securityAlerts()));
    }

    /** Shows a notice, once for each event. */
    public void show(Notice notice, UUID eventId, OffsetDateTime at) {
        sql.update(
                """
                INSERT INTO notifications (id, user_id, event_id, category, level, action, title, body, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT ON CONSTRAINT notifications_once_key DO NOTHING""",
                UUID.randomUUID(),
                notice.userId(),
                eventId,
                notice.category().label(),
                notice.level().label(),
                notice.action(),
                notice.title(),
                String.join("\n\n", notice.body()),
                at);
    }

    /** How many alerts went to a member by mail within the last hour. */
    public int alertsMailed(UUID userId) {
        return sql.first("""
                        SELECT count(*) FROM deliveries
                        WHERE user_id = ? AND type = 'alert' AND created_at > now() - interval '1 hour'""", row -> row.getInt(1), userId).orElseThrow();
    }
}
