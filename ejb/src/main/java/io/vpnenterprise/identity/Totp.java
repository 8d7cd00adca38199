package io.vpnenterprise.identity;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time-based codes (RFC 6238): SHA-1, six digits, a new one every 30 s, the only form that all authenticator apps speak.
 * A step is the number of such periods since 1970.
 */
final class Totp {

    /** What RFC 4226, section 4, recommends for SHA-1. */
    static final int SECRET_BYTES = 20;

    static final Duration STEP = Duration.ofSeconds(30);

    /** A phone's clock may be off by one step, and a code takes seconds to type (RFC 6238, section 5.2). */
    private static final int STEPS_OFF = 1;

    private static final int DIGITS = 6;
    private static final String ISSUER = "VPN Enterprise";

    /** RFC 4648, section 6. */
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private static final TimeBasedOneTimePasswordGenerator CODES = new TimeBasedOneTimePasswordGenerator(STEP, DIGITS);

    private Totp() {}

    /** The step whose code this is, among those near {@code now} and after {@code lastStep}; empty for a wrong code. */
    static OptionalLong step(byte[] secret, String code, Instant now, long lastStep) {
        byte[] given = code.getBytes(StandardCharsets.UTF_8);
        long current = now.getEpochSecond() / STEP.toSeconds();
        OptionalLong found = OptionalLong.empty();
        for (long step = current - STEPS_OFF; step <= current + STEPS_OFF; step++) {
            boolean equal = MessageDigest.isEqual(code(secret, step).getBytes(StandardCharsets.UTF_8), given);
            if (equal && step > lastStep) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }

    static String code(byte[] secret, long step) {
        try {
            return CODES.generateOneTimePasswordString(
                    new SecretKeySpec(secret, "HmacSHA1"), Instant.ofEpochSecond(step * STEP.toSeconds()));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("HMAC takes any key", e);
        }
    }

    /** As people type it into an app: base32 without padding. */
    static String base32(byte[] secret) {
        StringBuilder text = new StringBuilder();
        int bits = 0;
        int held = 0;
        for (byte octet : secret) {
            bits = bits << Byte.SIZE | octet & 0xff;
            for (held += Byte.SIZE; held >= 5; held -= 5) {
                text.append(BASE32.charAt(bits >> held - 5 & 31));
            }
        }
        return held == 0
                ? text.toString()
                : text.append(BASE32.charAt(bits << 5 - held & 31)).toString();
    }

    /** The form that apps read from a QR code; the account's name is for people to tell it from others. */
    static String uri(byte[] secret, String account) {
        return "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=%d&period=%d"
                .formatted(
                        escaped(ISSUER), escaped(account), base32(secret), escaped(ISSUER), DIGITS, STEP.toSeconds());
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
