package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {

    /** Of RFC 6238, appendix B, and RFC 4226, appendix D. */
    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    @ParameterizedTest(name = "at {0} s: {1}")
    @CsvSource({
        "59, 94287082",
        "1111111109, 07081804",
        "1111111111, 14050471",
        "1234567890, 89005924",
        "2000000000, 69279037",
        "20000000000, 65353130"
    })
    void showsTheCodesOfTheRfc(long seconds, String eightDigits) {
        // Ours are the last six of its eight.
        assertThat(Totp.code(SECRET, seconds / 30)).isEqualTo(eightDigits.substring(2));
    }

    @Test
    void findsTheStepOfACode() {
        Instant now = Instant.ofEpochSecond(30 * 1_000 + 17);

        assertThat(Totp.step(SECRET, Totp.code(SECRET, 999), now, 0)).hasValue(999);
        assertThat(Totp.step(SECRET, Totp.code(SECRET, 1_000), now, 0)).hasValue(1_000);
        assertThat(Totp.step(SECRET, Totp.code(SECRET, 1_001), now, 0)).hasValue(1_001);
        assertThat(Totp.step(SECRET, Totp.code(SECRET, 998), now, 0)).isEmpty();
        assertThat(Totp.step(SECRET, Totp.code(SECRET, 1_002), now, 0)).isEmpty();
    }

    @Test
    void takesNoStepThatIsNotAfterTheLast() {
        Instant now = Instant.ofEpochSecond(30 * 1_000);

        assertThat(Totp.step(SECRET, Totp.code(SECRET, 1_000), now, 1_000)).isEmpty();
        assertThat(Totp.step(SECRET, Totp.code(SECRET, 999), now, 1_000)).isEmpty();
        assertThat(Totp.step(SECRET, Totp.code(SECRET, 1_001), now, 1_000)).hasValue(1_001);
    }

    @ParameterizedTest
    @CsvSource({"f, MY", "fo, MZXQ", "foo, MZXW6", "foob, MZXW6YQ", "fooba, MZXW6YTB", "foobar, MZXW6YTBOI"})
    void writesBase32AsRfc4648Has(String text, String base32) {
        assertThat(Totp.base32(text.getBytes(StandardCharsets.US_ASCII))).isEqualTo(base32);
    }
}
