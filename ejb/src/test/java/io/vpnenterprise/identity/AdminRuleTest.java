package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Credential;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.VpnException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdminRuleTest {

    @ParameterizedTest(name = "{0} on {1}")
    @CsvSource(delimiter = '|', textBlock = """
            # actor     | target      | suspend, restore, delete, make | change roles
            USER        | USER        | false | false
            USER        | ADMIN       | false | false
            USER        | SUPER_ADMIN | false | false
            ADMIN       | USER        | true  | false
            ADMIN       | ADMIN       | false | false
            ADMIN       | SUPER_ADMIN | false | false
            SUPER_ADMIN | USER        | true  | true
            SUPER_ADMIN | ADMIN       | true  | true
            SUPER_ADMIN | SUPER_ADMIN | true  | true
            """)
    void letsEachActOnWhomItIsAbove(Role actor, Role target, boolean change, boolean changeRoles) {
        assertThat(AdminRule.mayChange(actor, target)).isEqualTo(change);
        assertThat(AdminRule.mayMake(actor, target)).isEqualTo(change);
        assertThat(AdminRule.mayChangeRoles(actor)).isEqualTo(changeRoles);
    }

    @Test
    void letsNobodyActOnHimself() {
        Caller caller = new Caller(
                UUID.randomUUID(),
                "root@example.org",
                Role.SUPER_ADMIN.groups(),
                Credential.session(UUID.randomUUID(), "password"),
                Origin.NONE);

        AdminRule.requireAnother(caller, UUID.randomUUID());
        assertThatThrownBy(() -> AdminRule.requireAnother(caller, caller.userId()))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.code()).isEqualTo(IdentityError.OWN_ACCOUNT));
    }
}
