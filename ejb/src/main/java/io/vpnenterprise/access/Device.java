package io.vpnenterprise.access;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.util.UUID;

/** A member's machine: its key, not its place. */
@Entity
@Table(name = "devices")
@NamedQuery(
        name = "Device.ofUser",
        query = "SELECT d FROM Device d WHERE d.userId = :userId ORDER BY d.createdAt, d.id")
public class Device {

    @Id
    private UUID id;

    @Column(name = "user_id")
    private UUID userId;

    private String name;

    @Column(name = "public_key")
    private String publicKey;

    @Column(name = "created_at")
    private OffsetDateTime createdAt;

    protected Device() {}

    Device(UUID userId, String name, String publicKey, OffsetDateTime now) {
        this.id = UUID.randomUUID();
        this.userId = userId;
        this.name = name;
        this.publicKey = publicKey;
        this.createdAt = now;
    }

    /** What it is with another key; the database is told by whoever changes it there. */
    Device withKey(String key) {
        Device changed = new Device(userId, name, key, createdAt);
        changed.id = id;
        return changed;
    }

    public UUID id() {
        return id;
    }

    public UUID userId() {
        return userId;
    }

    public String name() {
        return name;
    }

    public String publicKey() {
        return publicKey;
    }

    public OffsetDateTime createdAt() {
        return createdAt;
    }
}
