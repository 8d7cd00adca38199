package io.vpnenterprise.identity;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The text of an API key: {@code vpn_}, 256 random bits in 43 characters, and a checksum in 6, all letters and digits. The
 * prefix lets secret scanners find a key that somebody published, the checksum tells them, and us without a look into the
 * database, a key from a likeness.
 */
final class ApiKeyText {

    static final String PREFIX = "vpn_";

    static final int RANDOM_BYTES = 32;

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** 62^43 is more than 2^256, and 62^6 more than 2^32. */
    private static final int RANDOM_DIGITS = 43;

    private static final int CHECKSUM_DIGITS = 6;
    private static final int LENGTH = PREFIX.length() + RANDOM_DIGITS + CHECKSUM_DIGITS;
    private static final int PREVIEW_LENGTH = 4;

    private ApiKeyText() {}

    static String of(byte[] random) {
        String body = PREFIX + digits(new BigInteger(1, random), RANDOM_DIGITS);
        return body + checksum(body);
    }

    /** Whether a credential wants to be an API key. */
    static boolean isMeant(String text) {
        return text.startsWith(PREFIX);
    }

    static boolean isWhole(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        String body = text.substring(0, LENGTH - CHECKSUM_DIGITS);
        return text.substring(LENGTH - CHECKSUM_DIGITS).equals(checksum(body));
    }

    /** What may be shown of it afterwards: its end says nothing of its random part. */
    static String preview(String text) {
        return PREFIX + "…" + text.substring(LENGTH - PREVIEW_LENGTH);
    }

    private static String checksum(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return digits(BigInteger.valueOf(crc.getValue()), CHECKSUM_DIGITS);
    }

    private static String digits(BigInteger number, int length) {
        BigInteger base = BigInteger.valueOf(DIGITS.length());
        char[] text = new char[length];
        BigInteger rest = number;
        for (int i = length - 1; i >= 0; i--) {
            BigInteger[] parts = rest.divideAndRemainder(base);
            text[i] = DIGITS.charAt(parts[1].intValue());
            rest = parts[0];
        }
        return new String(text);
    }
}
