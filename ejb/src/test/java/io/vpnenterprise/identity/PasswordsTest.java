package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.VpnException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {

    private static final String EMAIL = "ann.elise.lee@example.org";

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
    void findsThatNobodysHashIsNobodys() {
        assertThat(passwords.matches("", Passwords.NOBODYS)).isFalse();
        assertThat(passwords.matches("A".repeat(43), Passwords.NOBODYS)).isFalse();
    }

    @Test
    void knowsAHashThatCostLess() {
        assertThat(Passwords.isOutdated(Passwords.NOBODYS)).isFalse();
        assertThat(Passwords.isOutdated(passwords.hash("correct horse"))).isFalse();
        assertThat(Passwords.isOutdated("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8"))
                .isFalse();
        assertThat(Passwords.isOutdated("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQ"))
                .isTrue();
    }

    @Test
    void refusesTooShortAndTooLong() {
        assertThat(refusal("1234567")).isEqualTo(IdentityError.INVALID_PASSWORD);
        assertThat(refusal(null)).isEqualTo(IdentityError.INVALID_PASSWORD);
        assertThat(refusal("x".repeat(257))).isEqualTo(IdentityError.INVALID_PASSWORD);
        Passwords.requireAcceptable("a new pa", EMAIL, "password");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12345678",
                "password",
                "PassWord1",
                "iloveyou",
                "trustno1",
                "ann.elise.lee@example.org",
                "Ann.Elise.Lee"
            })
    void refusesWhatIsTriedFirst(String password) {
        assertThat(refusal(password)).isEqualTo(IdentityError.COMMON_PASSWORD);
    }

    /** ASVS 5.0, 6.2.4, asks for the 3,000 most common that are long enough. */
    @Test
    void knowsThousandsOfCommonPasswords() {
        assertThat(CommonPasswords.size()).isGreaterThan(11_000);
    }

    private static ErrorCode refusal(String password) {
        return catchThrowableOfType(VpnException.class, () -> Passwords.requireAcceptable(password, EMAIL, "password"))
                .code();
    }
}
