package io.vpnenterprise.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.identity.Limits;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AllowanceTest {

    private static final OffsetDateTime SOON = OffsetDateTime.parse("2027-01-01T00:00:00Z");
    private static final Limits PLATFORM = Limits.of(100, 100, null, 50_000, null);

    @Test
    void isThePlatformsWhereNobodyElseSaysAnything() {
        assertThat(Allowance.of(PLATFORM, List.of(), Limits.NONE))
                .isEqualTo(new Allowance(100, 100, Optional.empty(), Optional.of(50_000), Optional.empty()));
    }

    @Test
    void isTheTightestOfHisOrganisationsInEachPartByItself() {
        Limits one = Limits.of(5, 200, 1_000L, null, SOON.plusDays(1));
        Limits other = Limits.of(10, 150, null, 100_000, SOON);

        assertThat(Allowance.of(PLATFORM, List.of(one, other), Limits.NONE))
                .isEqualTo(new Allowance(5, 150, Optional.of(1_000L), Optional.of(100_000), Optional.of(SOON)));
    }

    @Test
    void isWhatAnAdminDecidedForHimWhateverHisOrganisationsSay() {
        Limits organisation = Limits.of(5, 5, 1_000L, 1_000, SOON);
        Limits own = Limits.of(null, 7, 9_000L, null, null);

        assertThat(Allowance.of(PLATFORM, List.of(organisation), own))
                .isEqualTo(new Allowance(5, 7, Optional.of(9_000L), Optional.of(1_000), Optional.of(SOON)));
    }

    @Test
    void isNeverUnlimitedByBelongingToAnOrganisationThatSaysNothing() {
        Limits platform = Limits.of(3, 2, 500L, 64, SOON);

        assertThat(Allowance.of(platform, List.of(Limits.NONE), Limits.NONE))
                .isEqualTo(new Allowance(3, 2, Optional.of(500L), Optional.of(64), Optional.of(SOON)));
    }
}
