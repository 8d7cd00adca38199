package io.vpnenterprise.access;

import io.vpnenterprise.fleet.WireGuardKeyPair;
import io.vpnenterprise.identity.UserRows;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/** A member's devices. Somebody else's are not found, as if there were none. */
@Stateless
public class Devices {

    private static final Logger LOG = Logger.getLogger(Devices.class.getName());

    /** Letters, marks, digits, punctuation and symbols of any script; spaces inside; nothing that could break a line. */
    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}](?:[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{0,49})(?<! )");

    @PersistenceContext
    EntityManager entities;

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    Outbox outbox;

    @Inject
    AccessConfig config;

    @Inject
    UserRows users;

    @Inject
    Allowances allowances;

    /**
     * Adds a device with the member's own public key, or with a pair made here when he gives none: then the private key is
     * in the answer, and nowhere else but under its ticket.
     */
    public NewDevice add(Caller caller, String name, String publicKey) {
        requireName(name);
        requireRoom(caller);
        if (publicKey != null) {
            return new NewDevice(persist(caller, name, requireKey(publicKey)), Optional.empty());
        }
        WireGuardKeyPair pair = WireGuardKeyPair.generate();
        Device device = persist(caller, name, pair.publicKey().base64());
        return new NewDevice(device, Optional.of(keep(device, pair.privateKey())));
    }

    /**
     * Gives a device another key: the member's own, or one of a pair made here when he gives none. Its live peer has it from
     * now on in the database, and its old one until the host has let go of that.
     *
     * @throws VpnException {@code INVALID_PUBLIC_KEY}, {@code PUBLIC_KEY_TAKEN}, {@code ROTATION_UNDER_WAY}
     */
    public NewDevice changeKey(Caller caller, Device device, String publicKey) {
        Optional<WireGuardKeyPair> made =
                publicKey == null ? Optional.of(WireGuardKeyPair.generate()) : Optional.empty();
        String key = made.map(pair -> pair.publicKey().base64()).orElseGet(() -> requireKey(publicKey));
        sql.first("SELECT 1 FROM devices WHERE id = ? FOR UPDATE", row -> true, device.id())
                .orElseThrow(() -> new VpnException(
                        AccessError.DEVICE_NOT_FOUND, device.id().toString()));
        setKey(device, key);
        sql.update("DELETE FROM device_key_tickets WHERE device_id = ?", device.id());
        outbox.add(AuditEvent.by(caller, "device.key-changed")
                .of(AuditEvent.Severity.WARNING)
                .on("device", device.id(), device.name()));
        Device changed = device.withKey(key);
        return new NewDevice(changed, made.map(pair -> keep(changed, pair.privateKey())));
    }

    private void setKey(Device device, String key) {
        try {
            sql.update("UPDATE devices SET public_key = ? WHERE id = ?", key, device.id());
            sql.update("""
                    UPDATE peers SET replaced_key = public_key, public_key = ?, version = version + 1
                    WHERE device_id = ? AND state = 'ACTIVE' AND version = written_version AND public_key <> ?""", key, device.id(), key);
        } catch (VpnException e) {
            if (Sql.violates(e, "devices_public_key_key")) {
                throw VpnException.ofField(AccessError.PUBLIC_KEY_TAKEN, "publicKey", null);
            }
            throw e;
        }
        sql.first(
                        "SELECT 1 FROM peers WHERE device_id = ? AND state <> 'REMOVING' AND public_key <> ?",
                        row -> true,
                        device.id(),
                        key)
                .ifPresent(pending -> {
                    throw new VpnException(AccessError.ROTATION_UNDER_WAY);
                });
    }

    public Device require(Caller caller, UUID deviceId) {
        return Optional.ofNullable(deviceId)
                .map(id -> entities.find(Device.class, id))
                .filter(device -> device.userId().equals(caller.userId()))
                .orElseThrow(() -> new VpnException(AccessError.DEVICE_NOT_FOUND, String.valueOf(deviceId)));
    }

    public Page<Device> page(Caller caller, Page.Request request) {
        return Page.of(
                entities.createNamedQuery("Device.ofUser", Device.class)
                        .setParameter("userId", caller.userId())
                        .setFirstResult(request.offset())
                        .setMaxResults(request.pageSize())
                        .getResultList(),
                count(caller),
                request);
    }

    /** Opens the private key that a ticket stands for. */
    public String privateKey(Caller caller, Device device, String ticket) {
        byte[] sealed = sql.first(
                        "SELECT sealed FROM device_key_tickets WHERE device_id = ? AND expires_at > now()",
                        row -> row.getBytes(1),
                        device.id())
                .orElseThrow(() -> new VpnException(AccessError.TICKET_INVALID));
        try {
            WireGuardKey key = WireGuardKey.of(secrets.openWithTicket(sealed, ticket, purpose(device)));
            outbox.add(AuditEvent.by(caller, "device.key-shown").on("device", device.id(), device.name()));
            return key.base64();
        } catch (IllegalStateException e) {
            throw new VpnException(AccessError.TICKET_INVALID, null, e);
        }
    }

    public void remove(Caller caller, Device device) {
        entities.remove(entities.merge(device));
        outbox.add(AuditEvent.by(caller, "device.removed").on("device", device.id(), device.name()));
    }

    private void requireRoom(Caller caller) {
        users.requireActive(caller.userId());
        // Two requests of one member must not both see the last free place.
        sql.lock("devices/" + caller.userId());
        int most = allowances.of(caller.userId()).devices();
        if (count(caller) >= most) {
            throw new VpnException(AccessError.DEVICE_LIMIT_REACHED, "at most " + most);
        }
    }

    private long count(Caller caller) {
        return sql.first("SELECT count(*) FROM devices WHERE user_id = ?", row -> row.getLong(1), caller.userId())
                .orElseThrow();
    }

    static void requireName(String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw VpnException.ofField(AccessError.INVALID_DEVICE_NAME, "name", null);
        }
    }

    static String requireKey(String publicKey) {
        try {
            WireGuardKey key = WireGuardKey.ofBase64(String.valueOf(publicKey));
            if (!key.equals(WireGuardKey.NONE)) {
                return key.base64();
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw VpnException.ofField(AccessError.INVALID_PUBLIC_KEY, "publicKey", null);
    }

    /** By SQL: after JPA had written, the holder of the lock would want a second connection, and those who wait have all. */
    private Device persist(Caller caller, String name, String publicKey) {
        Device device = new Device(caller.userId(), name, publicKey, OffsetDateTime.now());
        try {
            sql.update(
                    "INSERT INTO devices (id, user_id, name, public_key, created_at) VALUES (?, ?, ?, ?, ?)",
                    device.id(),
                    device.userId(),
                    name,
                    publicKey,
                    device.createdAt());
            outbox.add(AuditEvent.by(caller, "device.added").on("device", device.id(), name));
            LOG.log(Level.INFO, "user {0} added device {1}", new Object[] {caller.userId(), device.id()});
            return device;
        } catch (VpnException e) {
            if (Sql.violates(e, "devices_name_key")) {
                throw VpnException.ofField(AccessError.DEVICE_NAME_TAKEN, "name", name);
            }
            if (Sql.violates(e, "devices_public_key_key")) {
                throw VpnException.ofField(AccessError.PUBLIC_KEY_TAKEN, "publicKey", null);
            }
            throw e;
        }
    }

    private NewDevice.MadeKey keep(Device device, WireGuardKey privateKey) {
        String ticket = secrets.randomToken();
        OffsetDateTime expiresAt = OffsetDateTime.now().plus(config.ticketLife());
        sql.update(
                "INSERT INTO device_key_tickets (device_id, sealed, expires_at) VALUES (?, ?, ?)",
                device.id(),
                secrets.sealWithTicket(privateKey.bytes(), ticket, purpose(device)),
                expiresAt);
        return new NewDevice.MadeKey(privateKey.base64(), ticket, expiresAt);
    }

    private static String purpose(Device device) {
        return "device_key_tickets/" + device.id();
    }
}
