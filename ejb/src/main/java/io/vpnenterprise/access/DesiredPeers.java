package io.vpnenterprise.access;

import io.vpnenterprise.node.RangeDigest;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a server's host must have, by what it amounts to.
 *
 * @param generation at most that of the ranges
 */
public record DesiredPeers(long generation, List<RangeDigest> ranges) {

    private static final int DIGEST_BYTES = 16;

    /** The ranges that are not the same on a host. */
    Set<Integer> differing(List<RangeDigest> onHost) {
        Set<Integer> differing = new TreeSet<>();
        for (int range = 0; range < RangeDigest.RANGES; range++) {
            if (!ranges.get(range).equals(onHost.get(range))) {
                differing.add(range);
            }
        }
        return differing;
    }

    /** Of all of it: half of SHA-256 over the ranges. */
    String digest() {
        ByteBuffer bytes = ByteBuffer.allocate(RangeDigest.RANGES * (Integer.BYTES + 2 * Long.BYTES));
        ranges.forEach(
                range -> bytes.putInt(range.peers()).putLong(range.high()).putLong(range.low()));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.array());
            return HexFormat.of().formatHex(Arrays.copyOf(hash, DIGEST_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
