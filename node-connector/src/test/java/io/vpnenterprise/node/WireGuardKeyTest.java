package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireGuardKeyTest {

    @Test
    void readsWhatItWrites() {
        WireGuardKey key = Keys.random();

        assertThat(WireGuardKey.ofHex(key.hex())).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(WireGuardKey.ofBase64(key.base64())).isEqualTo(key);
        assertThat(WireGuardKey.of(key.bytes())).isEqualTo(key);
        assertThat(key).isNotEqualTo(Keys.random());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "AAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                // The same 32 bytes as 43 times A with =, in another spelling.
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
                "********************************************",
            })
    void readsNoOtherSpelling(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> WireGuardKey.ofBase64(text));
    }

    @Test
    void repeatsNoBadKeyInItsErrors() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WireGuardKey.ofBase64("secret!"))
                .satisfies(e -> assertThat(e).message().doesNotContain("secret!"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WireGuardKey.ofHex("secret!"))
                .satisfies(e -> assertThat(e).message().doesNotContain("secret!"));
    }

    @Test
    void isNotChangedFromOutside() {
        byte[] bytes = new byte[WireGuardKey.LENGTH];
        WireGuardKey key = WireGuardKey.of(bytes);

        bytes[0] = 1;
        key.bytes()[0] = 1;

        assertThat(key.hex()).isEqualTo("0".repeat(64));
    }

    @Test
    void printsNoBytes() {
        assertThat(Keys.random()).hasToString("***");
    }

    /** RFC 7748, section 5.2: the first step of the iteration is the public key of the private key 9. */
    @Test
    void hasThePublicKeyThatRfc7748Gives() {
        WireGuardKey nine = WireGuardKey.ofHex("09" + "0".repeat(62));

        assertThat(Curve25519.publicKeyOf(nine).hex())
                .isEqualTo("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
        assertThat(Curve25519.publicKeyOf(Curve25519.clamped(nine))).isEqualTo(Curve25519.publicKeyOf(nine));
    }
}
