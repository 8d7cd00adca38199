package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.VpnException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {

    @Test
    void hasOneForm() {
        assertThat(EmailAddress.canonical("  Ann.Lee+vpn@Example.ORG ")).isEqualTo("ann.lee+vpn@example.org");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ann",
                "ann@",
                "@example.org",
                "ann@example.org\nBcc: x@y.z",
                "a b@example.org",
                "ann@-example.org",
                "\u212aate@example.org",
                "kate@ban\u212a.example",
                "ann@example.org, ben@example.org",
                "Ann <ann@example.org>",
                "ann@example.org\0"
            })
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> EmailAddress.canonical(text)).isInstanceOf(VpnException.class);
    }
}
