package io.vpnenterprise.fleet;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/**
 * A block of IPv4 or IPv6 addresses in CIDR form (RFC 4632, RFC 4291). Immutable.
 *
 * @param network the first address, as a number
 * @param prefix bits of the network part
 * @param bits 32 or 128
 */
public record AddressBlock(BigInteger network, int prefix, int bits) {

    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    /** @throws IllegalArgumentException when it is no block, or has host bits set */
    public static AddressBlock parse(String cidr) {
        int slash = cidr.indexOf('/');
        // Only literals: a name would be looked up.
        if (slash < 0 || !cidr.matches("[0-9a-fA-F:.]+/[0-9]{1,3}")) {
            throw new IllegalArgumentException("not a block of addresses: " + cidr);
        }
        try {
            byte[] address = InetAddress.getByName(cidr.substring(0, slash)).getAddress();
            int bits = address.length * Byte.SIZE;
            int prefix = Integer.parseInt(cidr.substring(slash + 1));
            BigInteger network = new BigInteger(1, address);
            if (prefix > bits || network.getLowestSetBit() >= 0 && network.getLowestSetBit() < bits - prefix) {
                throw new IllegalArgumentException("not a block of addresses: " + cidr);
            }
            return new AddressBlock(network, prefix, bits);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not a block of addresses: " + cidr, e);
        }
    }

    /** The block that an address is in: 10.8.0.0/24 for 10.8.0.1/24. */
    static AddressBlock around(String cidr) {
        int slash = cidr.indexOf('/');
        AddressBlock address = parse(cidr.substring(0, slash) + (cidr.contains(":") ? "/128" : "/32"));
        int prefix = Integer.parseInt(cidr.substring(slash + 1));
        int hostBits = address.bits - prefix;
        return new AddressBlock(address.network.shiftRight(hostBits).shiftLeft(hostBits), prefix, address.bits);
    }

    /** The longest prefix whose block holds a server, its peers and, in IPv4, network and broadcast address. */
    static int ipv4PrefixFor(int peers) {
        int addresses = peers + 3;
        int hostBits = Math.max(8, Integer.SIZE - Integer.numberOfLeadingZeros(addresses - 1));
        return IPV4_BITS - hostBits;
    }

    /** Whether an IPv4 pool of this size is what {@link #ipv4PrefixFor} gives so many peers, or larger. */
    boolean holds(int peers) {
        return prefix <= ipv4PrefixFor(peers);
    }

    /** The first block of this size in here that touches none of those taken; empty when there is none. */
    Optional<AddressBlock> firstFree(int prefix, Collection<AddressBlock> taken) {
        BigInteger step = BigInteger.ONE.shiftLeft(bits - prefix);
        BigInteger end = network.add(BigInteger.ONE.shiftLeft(bits - this.prefix));
        BigInteger at = network;
        while (at.add(step).compareTo(end) <= 0) {
            AddressBlock candidate = new AddressBlock(at, prefix, bits);
            Optional<AddressBlock> hit =
                    taken.stream().filter(candidate::overlaps).findFirst();
            if (hit.isEmpty()) {
                return Optional.of(candidate);
            }
            // Jump behind what is in the way, up to the next boundary of this size.
            BigInteger behind = hit.get().end();
            at = behind.add(step).subtract(BigInteger.ONE).divide(step).multiply(step);
        }
        return Optional.empty();
    }

    boolean contains(AddressBlock other) {
        return prefix <= other.prefix && overlaps(other);
    }

    boolean overlaps(AddressBlock other) {
        return bits == other.bits && network.compareTo(other.end()) < 0 && other.network.compareTo(end()) < 0;
    }

    /** The address at a place in the block: 0 is the network's own. */
    public String address(int host) {
        BigInteger address = network.add(BigInteger.valueOf(host));
        if (host < 0 || address.compareTo(end()) >= 0) {
            throw new IllegalArgumentException("outside " + this + ": " + host);
        }
        return text(address);
    }

    public boolean isIpv6() {
        return bits == IPV6_BITS;
    }

    @Override
    public String toString() {
        return text(network) + "/" + prefix;
    }

    private BigInteger end() {
        return network.add(BigInteger.ONE.shiftLeft(bits - prefix));
    }

    private String text(BigInteger address) {
        byte[] number = address.toByteArray();
        byte[] bytes = new byte[bits / Byte.SIZE];
        int length = Math.min(number.length, bytes.length);
        System.arraycopy(number, number.length - length, bytes, bytes.length - length, length);
        return isIpv6() ? compressed(bytes) : dotted(bytes);
    }

    private static String dotted(byte[] bytes) {
        return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
    }

    /** The canonical text of RFC 5952, as PostgreSQL and the kernel write it. */
    private static String compressed(byte[] bytes) {
        int[] groups = new int[8];
        Arrays.setAll(groups, i -> (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff);
        int bestStart = -1;
        int bestLength = 1;
        for (int start = 0; start < groups.length; start++) {
            int length = 0;
            while (start + length < groups.length && groups[start + length] == 0) {
                length++;
            }
            if (length > bestLength) {
                bestStart = start;
                bestLength = length;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
