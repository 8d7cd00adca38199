package io.vpnenterprise.node;

import java.io.Serializable;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * 32 bytes: a Curve25519 public or private key, or a preshared key. Written in base64 as wg(8) does, or in hex as the
 * UAPI does. Immutable; {@link #toString} never shows the bytes.
 */
public final class WireGuardKey implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Bytes of every WireGuard key. */
    public static final int LENGTH = 32;

    /** What devices show in place of a preshared key that is not there, and take for "none". */
    public static final WireGuardKey NONE = new WireGuardKey(new byte[LENGTH]);

    private final byte[] bytes;

    private WireGuardKey(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a WireGuard key has 32 bytes, not " + bytes.length);
        }
        this.bytes = bytes;
    }

    public static WireGuardKey of(byte[] bytes) {
        return new WireGuardKey(bytes.clone());
    }

    /**
     * Reads the one canonical base64 form: 44 characters, padded, no line breaks.
     *
     * @throws IllegalArgumentException when it is anything else; the message does not repeat the text
     */
    public static WireGuardKey ofBase64(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a WireGuard key is 44 characters of base64");
        }
        WireGuardKey key = new WireGuardKey(bytes);
        if (!key.base64().equals(text)) {
            // Base64 has several spellings of the last character; two texts for one key would defeat uniqueness.
            throw new IllegalArgumentException("not the canonical base64 form of a WireGuard key");
        }
        return key;
    }

    /** Reads 64 hexadecimal digits. */
    public static WireGuardKey ofHex(String text) {
        return new WireGuardKey(HexFormat.of().parseHex(text));
    }

    /**
     * Reads 64 hexadecimal digits out of a device's answer.
     *
     * @throws IllegalArgumentException when it is anything else; the message does not repeat it
     */
    static WireGuardKey ofHex(byte[] text, int from, int to) {
        byte[] bytes = new byte[LENGTH];
        if (to - from != 2 * LENGTH) {
            throw new IllegalArgumentException("a WireGuard key is 64 hexadecimal digits");
        }
        for (int i = 0; i < LENGTH; i++) {
            int high = Character.digit(text[from + 2 * i], 16);
            int low = Character.digit(text[from + 2 * i + 1], 16);
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException("a WireGuard key is 64 hexadecimal digits");
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        return new WireGuardKey(bytes);
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** 0 to 255. */
    int firstByte() {
        return bytes[0] & 0xff;
    }

    /** Whether it is what devices show in place of a preshared key that is not there. */
    boolean isNone() {
        return equals(NONE);
    }

    void copyTo(byte[] target, int at) {
        System.arraycopy(bytes, 0, target, at, LENGTH);
    }

    public String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Compares in constant time. */
    @Override
    public boolean equals(Object other) {
        return other instanceof WireGuardKey key && MessageDigest.isEqual(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "***";
    }
}
