package io.vpnenterprise.identity;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an API key may be used for: all that there is. What belongs to the person alone has no scope. */
public enum Scope {
    VPN_READ(Role.USER),
    VPN_WRITE(Role.USER),
    ORGANISATIONS_READ(Role.USER),
    ORGANISATIONS_WRITE(Role.USER),
    TENANTS_READ(Role.USER),
    TENANTS_WRITE(Role.USER),
    FLEET_READ(Role.ADMIN),
    FLEET_WRITE(Role.ADMIN),
    ADMIN_READ(Role.ADMIN),
    ADMIN_WRITE(Role.ADMIN);

    private final Role least;

    /** @param least the role without which nothing could be called by it */
    Scope(Role least) {
        this.least = least;
    }

    /** By the name that {@code @MayCall}'s scope and {@code :read} or {@code :write} make. */
    public static Optional<Scope> find(String label) {
        return Arrays.stream(values())
                .filter(scope -> scope.label().equals(label))
                .findFirst();
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Scope::label).toList();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ':');
    }

    /** Whether all that it opens belongs to an organisation. */
    boolean isOfOrganisations() {
        return this == ORGANISATIONS_READ || this == ORGANISATIONS_WRITE;
    }

    boolean isOpenTo(Role role) {
        return role.compareTo(least) >= 0;
    }
}
