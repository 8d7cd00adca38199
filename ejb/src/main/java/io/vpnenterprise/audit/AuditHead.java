package io.vpnenterprise.audit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the log ends.
 *
 * @param sequence of the last entry; 0 when there is none
 * @param hash of the last entry, in hexadecimal; zeros when there is none
 */
public record AuditHead(long sequence, String hash) {

    private static final Pattern ANCHOR = Pattern.compile("(\\d{1,18}):([0-9a-f]{64})");

    static final AuditHead BEFORE_THE_FIRST = new AuditHead(0, "0".repeat(64));

    static AuditHead at(AuditEntry last) {
        return new AuditHead(last.sequence(), last.hash());
    }

    /** As it is noted outside, and given back to be compared: {@code 184220:9f3c…}. */
    public String anchor() {
        return sequence + ":" + hash;
    }

    /**
     * What {@link #anchor} gave.
     *
     * @throws IllegalArgumentException when it did not
     */
    public static AuditHead parse(String anchor) {
        Matcher parts = ANCHOR.matcher(anchor.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a number, a colon and 64 hexadecimal digits: " + anchor);
        }
        return new AuditHead(Long.parseLong(parts.group(1)), parts.group(2));
    }
}
