package io.vpnenterprise.platform;

import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Who asks. An explicit argument of every use case: sockets and jobs have no container principal.
 *
 * @param userId the account
 * @param email for people to read; may change, so nothing is keyed by it
 * @param roles as the server has them now, not as some token remembers them
 * @param credential what this call proves itself with
 * @param origin where this call came from
 */
public record Caller(UUID userId, String email, Set<String> roles, Credential credential, Origin origin) {

    public static final String USER = "user";
    public static final String ADMIN = "admin";
    public static final String SUPER_ADMIN = "super_admin";

    public Caller {
        Objects.requireNonNull(userId, "userId is null");
        Objects.requireNonNull(email, "email is null");
        Objects.requireNonNull(credential, "credential is null");
        Objects.requireNonNull(origin, "origin is null");
        roles = Set.copyOf(roles);
    }

    public boolean isAdmin() {
        return roles.contains(ADMIN);
    }

    public boolean isSuperAdmin() {
        return roles.contains(SUPER_ADMIN);
    }
}
