package io.vpnenterprise.identity;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a member may do inside one organisation; a later one can do all that an earlier one can. It says nothing about the
 * account's own {@link Role}.
 */
public enum OrganisationRole {
    /** Sees the organisation and its members. */
    VIEWER,
    /** Uses what belongs to it. */
    MEMBER,
    /** Invites, and manages members and viewers. */
    ADMIN,
    /** Manages everybody, renames and deletes it. */
    OWNER;

    /** By the name that the API shows, compared as a whole. */
    public static Optional<OrganisationRole> find(String label) {
        return Arrays.stream(values())
                .filter(role -> role.label().equals(label))
                .findFirst();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isAtLeast(OrganisationRole least) {
        return compareTo(least) >= 0;
    }

    /**
     * Whether a member of this role may make another member of one role one of another role. An admin manages those below
     * him, and makes none like himself.
     */
    boolean mayChange(OrganisationRole before, OrganisationRole after) {
        return this == OWNER || mayRemove(before) && mayInvite(after);
    }

    /** Whether a member of this role may remove one of another. */
    boolean mayRemove(OrganisationRole role) {
        return this == OWNER || this == ADMIN && !role.isAtLeast(ADMIN);
    }

    /** Whether a member of this role may invite somebody as another. Owners are made of members, not of addresses. */
    boolean mayInvite(OrganisationRole role) {
        return role != OWNER && mayRemove(role);
    }
}
