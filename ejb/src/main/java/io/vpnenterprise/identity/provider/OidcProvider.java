package io.vpnenterprise.identity.provider;

import io.vpnenterprise.identity.Role;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A provider of OpenID Connect that signs users in, as the operator set it up.
 *
 * @param id names it in addresses, in the settings and in the database
 * @param name for people to read
 * @param issuer compared as a whole with what the provider says of itself
 * @param clientSecret empty for a public client; PKCE is used either way
 * @param groupsClaim where the provider lists a user's groups
 * @param allowedDomains of e-mail addresses; empty lets all in
 * @param trustEmail believe an address that the provider does not call verified
 * @param secondFactor ask for a user's own second factor here, whatever the provider asked for
 */
public record OidcProvider(
        String id,
        String name,
        URI issuer,
        String clientId,
        Optional<String> clientSecret,
        List<String> scopes,
        String groupsClaim,
        Set<String> adminGroups,
        Set<String> superAdminGroups,
        Set<String> allowedDomains,
        boolean trustEmail,
        boolean secondFactor) {

    /** What begins the {@code method} of sessions that a provider opened. */
    static final String METHOD = "oidc:";

    /** Of the sessions that it opens, for people to read. */
    String method() {
        return METHOD + id;
    }

    /** Whether its groups say what the accounts that it made may do; else our own admins do. */
    boolean decidesRoles() {
        return !adminGroups.isEmpty() || !superAdminGroups.isEmpty();
    }

    /** What membership of these groups lets an account do; names are compared as a whole. */
    Role roleOf(Collection<String> groups) {
        if (groups.stream().anyMatch(superAdminGroups::contains)) {
            return Role.SUPER_ADMIN;
        }
        return groups.stream().anyMatch(adminGroups::contains) ? Role.ADMIN : Role.USER;
    }

    /** Whether users with this address may come in by this provider. */
    boolean admits(String email) {
        return allowedDomains.isEmpty() || allowedDomains.contains(email.substring(email.lastIndexOf('@') + 1));
    }

    @Override
    public String toString() {
        return "OidcProvider[" + id + ", " + issuer + ", ***]";
    }
}
