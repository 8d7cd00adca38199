package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
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
        return sql.first("SELECT * FROM notification_settings WHERE user_id = ?", Notifications::readSettings, userId)
                .orElse(NotificationSettings.DEFAULT);
    }

    /** Changes what is given, in the database: two changes at once both count. */
    public NotificationSettings change(Caller caller, NotificationSettings.Change change) {
        NotificationSettings first = NotificationSettings.DEFAULT;
        sql.update(
                """
                INSERT INTO notification_settings (user_id, email, push, in_app, security_alerts, connection_events,
                    device_events)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO NOTHING""",
                caller.userId(),
                first.email(),
                first.push(),
                first.inApp(),
                first.securityAlerts(),
                first.connectionEvents(),
                first.deviceEvents());
        NotificationSettings changed = sql.first(
                        """
                        UPDATE notification_settings SET email = coalesce(?::boolean, email),
                            push = coalesce(?::boolean, push), in_app = coalesce(?::boolean, in_app),
                            security_alerts = coalesce(?::boolean, security_alerts),
                            connection_events = coalesce(?::boolean, connection_events),
                            device_events = coalesce(?::boolean, device_events)
                        WHERE user_id = ? RETURNING *""",
                        Notifications::readSettings,
                        change.email(),
                        change.push(),
                        change.inApp(),
                        change.securityAlerts(),
                        change.connectionEvents(),
                        change.deviceEvents(),
                        caller.userId())
                .orElseThrow();
        outbox.add(AuditEvent.by(caller, "notification-settings.changed")
                .on("user", caller.userId(), caller.email())
                .with("email", changed.email())
                .with("push", changed.push())
                .with("inApp", changed.inApp())
                .with("securityAlerts", changed.securityAlerts()));
        return changed;
    }

    private static NotificationSettings readSettings(ResultSet row) throws SQLException {
        return new NotificationSettings(
                row.getBoolean("email"),
                row.getBoolean("push"),
                row.getBoolean("in_app"),
                row.getBoolean("security_alerts"),
                row.getBoolean("connection_events"),
                row.getBoolean("device_events"));
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
                notice.body(),
                at);
    }

    /** Of how many events of one kind a member was told by mail lately; a mail to two addresses is one. */
    public int mailed(UUID userId, String action, Duration within) {
        return sql.first("""
                        SELECT count(DISTINCT event_id) FROM deliveries
                        WHERE user_id = ? AND channel = 'MAIL' AND type = ?
                          AND created_at > now() - make_interval(secs => ?)""", row -> row.getInt(1), userId, action, within.toSeconds())
                .orElseThrow();
    }
}
