package io.vpnenterprise.tenants;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a member may do with a tenant; a later one can do all that an earlier one can. */
public enum TenantRole {
    /** Reads the database. */
    VIEWER(Login.READER),
    /** Changes its rows. */
    EDITOR(Login.WRITER),
    /** Changes its tables, and manages members below him. */
    ADMIN(Login.OWNER),
    /** Manages everybody, changes the plan, and destroys it. */
    OWNER(Login.OWNER);

    private final Login login;

    TenantRole(Login login) {
        this.login = login;
    }

    public static Optional<TenantRole> find(String label) {
        return Arrays.stream(values())
                .filter(role -> role.label().equals(label))
                .findFirst();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As which role of the database such a member works. */
    public Login login() {
        return login;
    }

    public boolean isAtLeast(TenantRole least) {
        return compareTo(least) >= 0;
    }

    /**
     * Whether a member of this role may make another member of one role one of another role. An admin manages those below
     * him, and makes none like himself.
     */
    boolean mayChange(TenantRole before, TenantRole after) {
        return this == OWNER || mayRemove(before) && mayInvite(after);
    }

    /** Whether a member of this role may remove one of another. */
    boolean mayRemove(TenantRole role) {
        return this == OWNER || this == ADMIN && !role.isAtLeast(ADMIN);
    }

    /** Whether a member of this role may invite somebody as another. Owners are made of members, not of addresses. */
    boolean mayInvite(TenantRole role) {
        return role != OWNER && mayRemove(role);
    }
}
