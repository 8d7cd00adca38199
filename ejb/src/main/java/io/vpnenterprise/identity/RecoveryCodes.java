package io.vpnenterprise.identity;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The codes of last resort: ten of 60 bits, which nobody guesses and a person can copy from paper. Their alphabet is Douglas
 * Crockford's base 32, which has no letters that look like digits.
 */
final class RecoveryCodes {

    static final int COUNT = 10;

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int GROUPS = 3;
    private static final int GROUP_LENGTH = 4;

    private RecoveryCodes() {}

    /** Ten new ones, in the form {@code x7k2-9mfd-04tz}. */
    static List<String> make(SecureRandom random) {
        List<String> codes = new ArrayList<>();
        while (codes.size() < COUNT) {
            StringBuilder code = new StringBuilder();
            for (int i = 0; i < GROUPS * GROUP_LENGTH; i++) {
                if (i > 0 && i % GROUP_LENGTH == 0) {
                    code.append('-');
                }
                code.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            codes.add(code.toString());
        }
        return codes;
    }

    /** The one form that is hashed: without separators, and with digits where somebody read a letter. */
    static String canonical(String typed) {
        return typed.toLowerCase(Locale.ROOT)
                .replaceAll("[\\s-]", "")
                .replace('o', '0')
                .replace('i', '1')
                .replace('l', '1');
    }
}
