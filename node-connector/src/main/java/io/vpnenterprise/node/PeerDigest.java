package io.vpnenterprise.node;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;

/**
 * Says in 128 bits what a peer is: the first half of SHA-256 over its public key, the SHA-256 of its preshared key (zeros for
 * none) and its networks in one normal form. The preshared key, 256 random bits, cannot be found from it.
 */
public record PeerDigest(WireGuardKey publicKey, long high, long low) {

    private static final byte[] NO_PRESHARED_KEY = new byte[WireGuardKey.LENGTH];

    /**
     * @param presharedKey all zeros for none
     * @throws IllegalArgumentException when an allowed IP is not an address with a prefix length
     */
    public static PeerDigest of(WireGuardKey publicKey, WireGuardKey presharedKey, List<String> allowedIps) {
        return new Hash().of(publicKey, presharedKey, Networks.parse(allowedIps));
    }

    public static PeerDigest of(PeerChange.Put peer) {
        return of(peer.publicKey(), peer.presharedKey(), peer.allowedIps());
    }

    /** Where its key belongs: 0 to {@link RangeDigest#RANGES} - 1. */
    public int range() {
        return publicKey.firstByte();
    }

    /** Makes many digests. */
    static final class Hash {

        private final MessageDigest sha256;

        Hash() {
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }

        PeerDigest of(WireGuardKey publicKey, WireGuardKey presharedKey, Networks networks) {
            byte[] hashed =
                    presharedKey.equals(WireGuardKey.NONE) ? NO_PRESHARED_KEY : sha256.digest(presharedKey.bytes());
            sha256.update(publicKey.bytes());
            sha256.update(hashed);
            byte[] all = sha256.digest(networks.packed());
            return new PeerDigest(publicKey, number(all, 0), number(all, Long.BYTES));
        }

        private static long number(byte[] bytes, int from) {
            long number = 0;
            for (int i = from; i < from + Long.BYTES; i++) {
                number = number << Byte.SIZE | bytes[i] & 0xff;
            }
            return number;
        }
    }
}
