package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrganisationRoleTest {

    @ParameterizedTest(name = "{0} on {1}")
    @CsvSource(delimiter = '|', textBlock = """
            # actor | other  | remove | invite
            VIEWER  | VIEWER | false  | false
            VIEWER  | MEMBER | false  | false
            VIEWER  | ADMIN  | false  | false
            VIEWER  | OWNER  | false  | false
            MEMBER  | VIEWER | false  | false
            MEMBER  | MEMBER | false  | false
            MEMBER  | ADMIN  | false  | false
            MEMBER  | OWNER  | false  | false
            ADMIN   | VIEWER | true   | true
            ADMIN   | MEMBER | true   | true
            ADMIN   | ADMIN  | false  | false
            ADMIN   | OWNER  | false  | false
            OWNER   | VIEWER | true   | true
            OWNER   | MEMBER | true   | true
            OWNER   | ADMIN  | true   | true
            OWNER   | OWNER  | true   | false
            """)
    void letsEachManageWhomItIsAbove(OrganisationRole actor, OrganisationRole other, boolean remove, boolean invite) {
        assertThat(actor.mayRemove(other)).isEqualTo(remove);
        assertThat(actor.mayInvite(other)).isEqualTo(invite);
    }

    @Test
    void letsAdminsMoveOthersOnlyBelowThemselves() {
        for (OrganisationRole before : OrganisationRole.values()) {
            for (OrganisationRole after : OrganisationRole.values()) {
                Set<OrganisationRole> below = Set.of(OrganisationRole.VIEWER, OrganisationRole.MEMBER);
                assertThat(OrganisationRole.OWNER.mayChange(before, after)).isTrue();
                assertThat(OrganisationRole.ADMIN.mayChange(before, after))
                        .as(before + " to " + after)
                        .isEqualTo(below.contains(before) && below.contains(after));
                assertThat(OrganisationRole.MEMBER.mayChange(before, after)).isFalse();
                assertThat(OrganisationRole.VIEWER.mayChange(before, after)).isFalse();
            }
        }
    }
}
