package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the platform lets an account do; a later one can do all that an earlier one can. */
public enum Role {
    USER(Set.of(Caller.USER)),
    ADMIN(Set.of(Caller.USER, Caller.ADMIN)),
    SUPER_ADMIN(Set.of(Caller.USER, Caller.ADMIN, Caller.SUPER_ADMIN));

    private final Set<String> groups;

    Role(Set<String> groups) {
        this.groups = groups;
    }

    /** By the name that the API shows, compared as a whole. */
    public static Optional<Role> find(String label) {
        return Arrays.stream(values())
                .filter(role -> role.label().equals(label))
                .findFirst();
    }

    /** The highest that a caller has. */
    static Role of(Caller caller) {
        if (caller.isSuperAdmin()) {
            return SUPER_ADMIN;
        }
        return caller.isAdmin() ? ADMIN : USER;
    }

    /** The names in tokens and in annotations. */
    public Set<String> groups() {
        return groups;
    }

    /** The role's own name, as the API shows it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
