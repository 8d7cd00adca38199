package io.vpnenterprise.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ApiKeyTextTest {

    @Test
    void hasOneLengthAndOnlyLettersAndDigits() {
        byte[] ones = new byte[ApiKeyText.RANDOM_BYTES];
        Arrays.fill(ones, (byte) -1);

        for (byte[] random : new byte[][] {new byte[ApiKeyText.RANDOM_BYTES], ones}) {
            String text = ApiKeyText.of(random);
            assertThat(text).matches("vpn_[0-9A-Za-z]{49}");
            assertThat(ApiKeyText.isWhole(text)).isTrue();
        }
    }

    @RepeatedTest(20)
    void tellsAKeyFromOneWithACharacterChanged() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] bytes = new byte[ApiKeyText.RANDOM_BYTES];
        random.nextBytes(bytes);
        StringBuilder text = new StringBuilder(ApiKeyText.of(bytes));
        int at = ApiKeyText.PREFIX.length() + random.nextInt(text.length() - ApiKeyText.PREFIX.length());

        text.setCharAt(at, text.charAt(at) == 'x' ? 'y' : 'x');

        assertThat(ApiKeyText.isWhole(text.toString())).as("seed " + seed).isFalse();
    }

    @Test
    void isNotWholeWithAnotherLength() {
        String text = ApiKeyText.of(new byte[ApiKeyText.RANDOM_BYTES]);

        assertThat(ApiKeyText.isWhole("vpn_")).isFalse();
        assertThat(ApiKeyText.isWhole(text + "0")).isFalse();
        assertThat(ApiKeyText.isWhole(text.substring(1))).isFalse();
    }
}
