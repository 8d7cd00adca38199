package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class RecoveryCodesTest {

    @Test
    void areTenOfTheirForm() {
        assertThat(RecoveryCodes.make(new SecureRandom()))
                .hasSize(10)
                .doesNotHaveDuplicates()
                .allMatch(code -> code.matches("[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}"));
    }

    @Test
    void areReadAsPeopleTypeThem() {
        assertThat(RecoveryCodes.canonical(" X7K2 9MFD-o4lI ")).isEqualTo("x7k29mfd0411");
    }
}
