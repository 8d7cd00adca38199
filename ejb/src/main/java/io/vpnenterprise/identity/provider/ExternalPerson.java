package io.vpnenterprise.identity.provider;

import io.vpnenterprise.identity.EmailAddress;
import io.vpnenterprise.identity.Role;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A person as a provider vouches for him at one sign-in.
 *
 * @param provider by its name in the settings
 * @param subject what the issuer calls him, for ever
 * @param email in the form that is stored and compared; empty when there is none
 * @param emailVerified whether the provider had him prove the address, or the operator trusts it for that
 * @param role what his groups let him do; empty when this provider decides no roles
 */
public record ExternalPerson(
        String provider,
        String issuer,
        String subject,
        Optional<String> email,
        boolean emailVerified,
        Optional<Role> role) {

    static ExternalPerson of(OidcProvider provider, String subject, Map<String, Object> claims) {
        Optional<String> email =
                Optional.ofNullable(claims.get("email")).map(String::valueOf).flatMap(EmailAddress::find);
        // Some providers write booleans as texts.
        boolean verified = "true".equals(String.valueOf(claims.get("email_verified")));
        return new ExternalPerson(
                provider.id(),
                provider.issuer().toString(),
                subject,
                email,
                email.isPresent() && (verified || provider.trustEmail()),
                provider.decidesRoles()
                        ? Optional.of(provider.roleOf(texts(claims.get(provider.groupsClaim()))))
                        : Optional.empty());
    }

    /** Groups that are not listed are groups that one is not in. */
    private static List<String> texts(Object claim) {
        if (claim instanceof Collection<?> many) {
            return many.stream().map(String::valueOf).toList();
        }
        return claim == null ? List.of() : List.of(String.valueOf(claim));
    }
}
