package io.vpnenterprise.identity;

/** What an admin changes of an organisation: what is absent stays as it is, but another tier brings its limits. */
public record OrganisationChange(String name, String tier, Integer maxUsers, Integer maxDevicesPerUser) {

    OrganisationSpec of(Organisation before) {
        boolean sameTier = tier == null || tier.equals(before.tier().label());
        return OrganisationSpec.of(
                name == null ? before.name() : name,
                sameTier ? before.tier().label() : tier,
                maxUsers == null && sameTier ? Integer.valueOf(before.maxUsers()) : maxUsers,
                maxDevicesPerUser == null && sameTier
                        ? Integer.valueOf(before.maxDevicesPerUser())
                        : maxDevicesPerUser);
    }
}
