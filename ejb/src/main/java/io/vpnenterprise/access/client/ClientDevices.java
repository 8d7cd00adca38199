package io.vpnenterprise.access.client;

import io.vpnenterprise.access.Device;
import io.vpnenterprise.access.Devices;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** What members want of their devices' configurations. */
@Stateless
public class ClientDevices {

    @Inject
    Devices devices;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    /** Those of a device of the caller; what nobody has said yet is empty. */
    public DeviceSettings settings(Caller caller, UUID deviceId) {
        Device device = devices.require(caller, deviceId);
        return sql.first(
                        "SELECT platform, dns_level, kill_switch, mtu FROM device_settings WHERE device_id = ?",
                        ClientDevices::settings,
                        device.id())
                .orElse(DeviceSettings.NONE);
    }

    /** Replaces them all; configurations that clients have already stay as they are. */
    public DeviceSettings change(Caller caller, UUID deviceId, DeviceSettings settings) {
        Device device = devices.require(caller, deviceId);
        sql.update(
                """
                INSERT INTO device_settings (device_id, platform, dns_level, kill_switch, mtu) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (device_id) DO UPDATE SET platform = excluded.platform, dns_level = excluded.dns_level,
                    kill_switch = excluded.kill_switch, mtu = excluded.mtu""",
                device.id(),
                settings.platform().map(Platform::name).orElse(null),
                settings.dns().map(DnsLevel::name).orElse(null),
                settings.killSwitch(),
                settings.mtu().orElse(null));
        outbox.add(AuditEvent.by(caller, "device-settings.changed")
                .on("device", device.id(), device.name())
                .with("killSwitch", settings.killSwitch()));
        return settings;
    }

    private static DeviceSettings settings(ResultSet row) throws SQLException {
        return new DeviceSettings(
                Optional.ofNullable(row.getString("platform")).map(Platform::valueOf),
                Optional.ofNullable(row.getString("dns_level")).map(DnsLevel::valueOf),
                row.getBoolean("kill_switch"),
                Optional.ofNullable(row.getObject("mtu", Integer.class)));
    }
}
