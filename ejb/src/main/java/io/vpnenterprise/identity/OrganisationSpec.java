package io.vpnenterprise.identity;

import io.vpnenterprise.platform.VpnException;
import java.util.regex.Pattern;

/** An organisation as an admin wants it, checked. */
public record OrganisationSpec(String name, Tier tier, int maxUsers, int maxDevicesPerUser) {

    /** Mails to strangers carry it: it must not be a link. */
    private static final Pattern NAME = Pattern.compile(
            "(?i)(?!.*(?:://|www\\.))[\\p{L}\\p{N}\\p{P}\\p{S}](?:[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{0,99})(?<! )");

    private static final int MOST_USERS = 10_000;
    private static final int MOST_DEVICES = 1_000;

    /**
     * Reads what a request has.
     *
     * @param tier absent: free
     * @param maxUsers 1 to 10,000; absent: the tier's
     * @param maxDevicesPerUser 1 to 1,000; absent: the tier's
     */
    public static OrganisationSpec of(String name, String tier, Integer maxUsers, Integer maxDevicesPerUser) {
        Tier found = tier == null
                ? Tier.FREE
                : Tier.find(tier).orElseThrow(() -> VpnException.ofField(IdentityError.INVALID_TIER, "tier", null));
        return new OrganisationSpec(
                requireName(name),
                found,
                limit("maxUsers", maxUsers, found.maxUsers(), MOST_USERS),
                limit("maxDevicesPerUser", maxDevicesPerUser, found.maxDevicesPerUser(), MOST_DEVICES));
    }

    static String requireName(String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw VpnException.ofField(IdentityError.INVALID_ORGANISATION_NAME, "name", null);
        }
        return name;
    }

    private static int limit(String field, Integer value, int otherwise, int most) {
        if (value == null) {
            return otherwise;
        }
        if (value < 1 || value > most) {
            throw VpnException.ofField(IdentityError.INVALID_LIMIT, field, "1 to " + most);
        }
        return value;
    }
}
