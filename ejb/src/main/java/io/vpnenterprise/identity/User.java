package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Sql;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/** An account. Its role is set by the server alone; no request carries one. */
@Entity
@Table(name = "users")
public class User {

    @Id
    private UUID id;

    private String email;

    @Column(name = "password_hash")
    private String passwordHash;

    @Enumerated(EnumType.STRING)
    private Role role;

    @Enumerated(EnumType.STRING)
    private State state;

    private int epoch;

    @Column(name = "created_at")
    private OffsetDateTime createdAt;

    @Column(name = "email_verified_at")
    private OffsetDateTime emailVerifiedAt;

    @Column(name = "last_sign_in_at")
    private OffsetDateTime lastSignInAt;

    /** Whether an account counts. */
    public enum State {
        ACTIVE,
        /** By an admin: no session and no key of it works until he lifts it. */
        SUSPENDED,
        /** The row stays for what refers to it, without anything personal. */
        DELETED
    }

    protected User() {}

    User(String email, String passwordHash, Role role, OffsetDateTime now) {
        this.id = UUID.randomUUID();
        this.email = email;
        this.passwordHash = passwordHash;
        this.role = role;
        this.state = State.ACTIVE;
        this.createdAt = now;
    }

    /**
     * One that was read by SQL, together with something else that was wanted of the database: of the columns named here,
     * and no part of any persistence context.
     */
    static User of(ResultSet row) throws SQLException {
        User user = new User();
        user.id = Sql.uuid(row, "user_id");
        user.email = row.getString("email");
        user.role = Role.valueOf(row.getString("role"));
        user.state = State.valueOf(row.getString("state"));
        user.epoch = row.getInt("epoch");
        user.createdAt = row.getObject("user_created_at", OffsetDateTime.class);
        user.emailVerifiedAt = row.getObject("email_verified_at", OffsetDateTime.class);
        return user;
    }

    public UUID id() {
        return id;
    }

    public String email() {
        return email;
    }

    /** Empty for accounts that sign in otherwise. */
    Optional<String> passwordHash() {
        return Optional.ofNullable(passwordHash);
    }

    public Role role() {
        return role;
    }

    public State state() {
        return state;
    }

    int epoch() {
        return epoch;
    }

    public OffsetDateTime createdAt() {
        return createdAt;
    }

    public Optional<OffsetDateTime> emailVerifiedAt() {
        return Optional.ofNullable(emailVerifiedAt);
    }

    public Optional<OffsetDateTime> lastSignInAt() {
        return Optional.ofNullable(lastSignInAt);
    }
}
