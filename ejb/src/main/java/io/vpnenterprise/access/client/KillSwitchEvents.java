package io.vpnenterprise.access.client;

import io.vpnenterprise.access.Device;
import io.vpnenterprise.access.Devices;
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
import java.util.UUID;
import java.util.regex.Pattern;

/** What members' clients say of their kill switches. */
@Stateless
public class KillSwitchEvents {

    /** Of one member; the audit has them all. */
    private static final int KEPT = 1_000;

    private static final Pattern REASON = Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{0,200}");

    private static final String SELECT = """
            SELECT id, device_id, type, reason, address, reported_at FROM kill_switch_events WHERE user_id = ?""";

    @Inject
    Devices devices;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    ClientsConfig config;

    /** @param reason up to 200 printable characters */
    public KillSwitchEvent report(Caller caller, UUID deviceId, KillSwitchEvent.Type type, String reason) {
        Device device = devices.require(caller, deviceId);
        if (!REASON.matcher(reason).matches()) {
            throw VpnException.ofField(ClientError.INVALID_DESCRIPTION, "reason", null);
        }
        requireRoom(caller);
        UUID id = UUID.randomUUID();
        sql.update(
                """
                INSERT INTO kill_switch_events (id, user_id, device_id, type, reason, address, reported_at)
                VALUES (?, ?, ?, ?, ?, ?, now())""",
                id,
                caller.userId(),
                device.id(),
                type,
                reason,
                caller.origin().address());
        sql.update("""
                DELETE FROM kill_switch_events WHERE id IN (
                    SELECT id FROM kill_switch_events WHERE user_id = ? ORDER BY reported_at DESC, id OFFSET ?)""", caller.userId(), KEPT);
        outbox.add(AuditEvent.by(caller, action(type))
                .on("device", device.id(), device.name())
                .with("reason", reason));
        return sql.first(SELECT + " AND id = ?", KillSwitchEvents::event, caller.userId(), id)
                .orElseThrow();
    }

    /** The newest first. */
    public Page<KillSwitchEvent> page(Caller caller, Page.Request request) {
        return Page.of(
                sql.list(
                        SELECT + " ORDER BY reported_at DESC, id LIMIT ? OFFSET ?",
                        KillSwitchEvents::event,
                        caller.userId(),
                        request.pageSize(),
                        request.offset()),
                sql.first(
                                "SELECT count(*) FROM kill_switch_events WHERE user_id = ?",
                                row -> row.getLong(1),
                                caller.userId())
                        .orElseThrow(),
                request);
    }

    private void requireRoom(Caller caller) {
        sql.lock("kill-switch-events/" + caller.userId());
        record Hour(long events, long secondsLeft) {}
        Hour hour = sql.first("""
                        SELECT count(*) AS events,
                               coalesce(3600 - extract(epoch FROM now() - min(reported_at)), 0)::bigint AS seconds_left
                        FROM kill_switch_events WHERE user_id = ? AND reported_at > now() - interval '1 hour'""", row -> new Hour(row.getLong("events"), row.getLong("seconds_left")), caller.userId())
                .orElseThrow();
        if (hour.events() >= config.killSwitchEventsPerHour()) {
            throw VpnException.retryAfter(
                    ClientError.TOO_MANY_KILL_SWITCH_EVENTS, Duration.ofSeconds(hour.secondsLeft()));
        }
    }

    private static String action(KillSwitchEvent.Type type) {
        return switch (type) {
            case ACTIVATED -> "kill-switch.activated";
            case DEACTIVATED -> "kill-switch.deactivated";
            case TRIGGERED -> "kill-switch.triggered";
        };
    }

    private static KillSwitchEvent event(ResultSet row) throws SQLException {
        return new KillSwitchEvent(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "device_id"),
                KillSwitchEvent.Type.valueOf(row.getString("type")),
                row.getString("reason"),
                row.getString("address"),
                Sql.time(row, "reported_at").orElseThrow());
    }
}
