package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.VpnException;
import org.junit.jupiter.api.Test;

class UserSearchTest {

    @Test
    void takesAPartOfAnAddressAsItIs() {
        assertThat(UserSearch.of(" 100%_Sure\\ ", null, null, null).pattern()).isEqualTo("%100\\%\\_sure\\\\%");
    }

    @Test
    void listsTheNewestFirstUnlessToldOtherwise() {
        assertThat(UserSearch.of(null, null, null, null).order()).isEqualTo(UserSearch.Order.NEWEST);
        assertThat(UserSearch.of(null, null, null, "last_sign_in").order()).isEqualTo(UserSearch.Order.LAST_SIGN_IN);
    }

    @Test
    void namesTheParameterThatHasNoMeaning() {
        assertThatThrownBy(() -> UserSearch.of(null, "root", null, null))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.field()).contains("role"));
        assertThatThrownBy(() -> UserSearch.of(null, null, "ACTIVE", null))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.field()).contains("state"));
        assertThatThrownBy(() -> UserSearch.of(null, null, null, "id; DROP TABLE users"))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.field()).contains("order"));
    }
}
