package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.VpnException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrganisationSpecTest {

    @Test
    void takesTheTiersLimitsUnlessToldOtherwise() {
        assertThat(OrganisationSpec.of("Acme", null, null, null))
                .isEqualTo(new OrganisationSpec("Acme", Tier.FREE, 5, 3));
        assertThat(OrganisationSpec.of("Acme", "business", null, null))
                .isEqualTo(new OrganisationSpec("Acme", Tier.BUSINESS, 25, 5));
        assertThat(OrganisationSpec.of("Acme", "enterprise", 7, 1))
                .isEqualTo(new OrganisationSpec("Acme", Tier.ENTERPRISE, 7, 1));
    }

    @Test
    void hasTheFeaturesOfItsTier() {
        assertThat(Tier.FREE.features().values()).containsOnly(false);
        assertThat(Tier.BUSINESS.features())
                .isEqualTo(Map.of(
                        "analytics", false,
                        "custom_domains", false,
                        "priority_support", false,
                        "multi_region", true,
                        "api_access", true));
        assertThat(Tier.ENTERPRISE.features().values()).containsOnly(true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                " Acme",
                "Acme ",
                "Ac\nme",
                "Ac\u202eme",
                "Win at https://evil.example",
                "WWW.evil.example"
            })
    void refusesANameThatIsNone(String name) {
        refuses(IdentityError.INVALID_ORGANISATION_NAME, "name", name, null, null, null);
    }

    @Test
    void namesTheFieldThatHasNoMeaning() {
        refuses(IdentityError.INVALID_ORGANISATION_NAME, "name", null, null, null, null);
        refuses(IdentityError.INVALID_TIER, "tier", "Acme", "FREE", null, null);
        refuses(IdentityError.INVALID_LIMIT, "maxUsers", "Acme", null, 0, null);
        refuses(IdentityError.INVALID_LIMIT, "maxUsers", "Acme", null, 10_001, null);
        refuses(IdentityError.INVALID_LIMIT, "maxDevicesPerUser", "Acme", null, null, 1_001);
    }

    @Test
    void changesOnlyWhatIsThere() {
        Organisation before = new Organisation(null, "Acme", Tier.BUSINESS, 7, 2, null, 1);

        assertThat(new OrganisationChange(null, null, null, null).of(before))
                .isEqualTo(new OrganisationSpec("Acme", Tier.BUSINESS, 7, 2));
        assertThat(new OrganisationChange("Ajax", "business", null, 3).of(before))
                .isEqualTo(new OrganisationSpec("Ajax", Tier.BUSINESS, 7, 3));
        assertThat(new OrganisationChange(null, "free", null, 1).of(before))
                .isEqualTo(new OrganisationSpec("Acme", Tier.FREE, 5, 1));
    }

    private static void refuses(
            IdentityError code, String field, String name, String tier, Integer users, Integer devices) {
        assertThatThrownBy(() -> OrganisationSpec.of(name, tier, users, devices))
                .isInstanceOfSatisfying(VpnException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.field()).contains(field);
                });
    }
}
