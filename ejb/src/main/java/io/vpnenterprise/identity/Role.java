package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import java.util.Set;

/** What the platform lets an account do. */
public enum Role {
    USER(Set.of(Caller.USER)),
    ADMIN(Set.of(Caller.USER, Caller.ADMIN));

    private final Set<String> groups;

    Role(Set<String> groups) {
        this.groups = groups;
    }

    /** The names in tokens and in annotations; an admin can do what a user can. */
    public Set<String> groups() {
        return groups;
    }

    /** The role's own name, as the API shows it. */
    public String label() {
        return this == ADMIN ? Caller.ADMIN : Caller.USER;
    }
}
