package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.VpnException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LimitsTest {

    @Test
    void areRefusedWhereTheyHaveNoMeaning() {
        refuses("devices", () -> Limits.of(0, null, null, null, null));
        refuses("devices", () -> Limits.of(10_001, null, null, null, null));
        refuses("connections", () -> Limits.of(null, 0, null, null, null));
        refuses("monthlyBytes", () -> Limits.of(null, null, 0L, null, null));
        refuses("monthlyBytes", () -> Limits.of(null, null, 1_000_000_000_000_000_001L, null, null));
        refuses("kbitPerSecond", () -> Limits.of(null, null, null, 63, null));
        refuses("kbitPerSecond", () -> Limits.of(null, null, null, 10_000_001, null));
    }

    @Test
    void ofAFreeOrganisationAreAtMostThePlatforms() {
        Limits platform = Limits.of(2, 50, 1_000L, null, null);

        assertThat(Limits.of(3, null, null, 8_000, null).atMost(platform))
                .as("fewer devices than it says, and nothing where it says nothing")
                .isEqualTo(Limits.of(2, null, null, 8_000, null));
        assertThat(Limits.of(1, 60, 999L, null, null).atMost(platform)).isEqualTo(Limits.of(1, 50, 999L, null, null));
    }

    private static void refuses(String field, ThrowingCallable limits) {
        assertThatThrownBy(limits).isInstanceOfSatisfying(VpnException.class, e -> {
            assertThat(e.code()).isEqualTo(IdentityError.INVALID_LIMIT);
            assertThat(e.field()).contains(field);
        });
    }
}
