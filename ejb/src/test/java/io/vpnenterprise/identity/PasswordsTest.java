package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.VpnException;
import org.junit.jupiter.api.Test;

class PasswordsTest {

    private final Passwords passwords = new Passwords();

    @Test
    void matchesOnlyTheSamePassword() {
        String hash = passwords.hash("correct horse");
        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(passwords.matches("correct horse", hash)).isTrue();
        assertThat(passwords.matches("correct horsf", hash)).isFalse();
        assertThat(passwords.hash("correct horse")).isNotEqualTo(hash);
    }

    @Test
    void agreesWithTheReferenceImplementation() {
        // The reference implementation's own test: version 0x13, 2 passes, 64 MiB, 1 lane, "password", "somesalt".
        // 19456 -p 1
        assertThat(passwords.matches(
                        "password",
                        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"))
                .isTrue();
    }

    @Test
    void refusesTooShortAndTooLong() {
        assertThatThrownBy(() -> Passwords.requireAcceptable("1234567")).isInstanceOf(VpnException.class);
        assertThatThrownBy(() -> Passwords.requireAcceptable(null)).isInstanceOf(VpnException.class);
        assertThatThrownBy(() -> Passwords.requireAcceptable("x".repeat(257))).isInstanceOf(VpnException.class);
        Passwords.requireAcceptable("12345678");
    }
}
