package io.vpnenterprise.audit;

/**
 * Where the log ends.
 *
 * @param sequence of the last entry; 0 when there is none
 * @param hash of the last entry, in hexadecimal; zeros when there is none
 */
public record AuditHead(long sequence, String hash) {

    static final AuditHead BEFORE_THE_FIRST = new AuditHead(0, "0".repeat(64));

    static AuditHead at(AuditEntry last) {
        return new AuditHead(last.sequence(), last.hash());
    }

    /** As it is noted outside, and given back to be compared: {@code 184220:9f3c…}. */
    public String anchor() {
        return sequence + ":" + hash;
    }
}
