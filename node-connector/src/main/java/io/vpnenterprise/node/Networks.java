package io.vpnenterprise.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The networks that a peer is allowed, in one normal form: host bits cleared, sorted, each once, packed. Two lists mean the
 * same to a device exactly if these are equal. Immutable.
 */
final class Networks {

    /** Of one network: 4 or 6, the prefix length, and the address in 16 bytes, filled up with zeros. */
    static final int BYTES = 18;

    static final Networks NONE = new Networks(new byte[0]);

    private static final int GROUPS = 8;

    private final byte[] packed;

    private Networks(byte[] packed) {
        this.packed = packed;
    }

    /** @throws IllegalArgumentException when one is not an address with a prefix length */
    static Networks parse(Collection<String> texts) {
        TreeSet<byte[]> sorted = new TreeSet<>(Arrays::compareUnsigned);
        for (String text : texts) {
            sorted.add(parse(text));
        }
        return ofSorted(sorted);
    }

    /** One network, packed: as wireguard-go reads it, so without leading zeros, and IPv6 with a dotted end, too. */
    static byte[] parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw notANetwork();
        }
        byte[] network = new byte[BYTES];
        boolean ipv6 = text.lastIndexOf(':', slash) >= 0;
        if (ipv6) {
            parseIpv6(text, slash, network);
        } else {
            parseIpv4(text, 0, slash, network, 2);
        }
        int length = number(text, slash + 1, text.length(), ipv6 ? 128 : 32);
        network[0] = (byte) (ipv6 ? 6 : 4);
        network[1] = (byte) length;
        clearHostBits(network, length);
        return network;
    }

    /** What is in a packed list of networks, from one of its bytes on. */
    static Networks ofPacked(byte[] bytes, int from, int to) {
        return new Networks(Arrays.copyOfRange(bytes, from, to));
    }

    byte[] packed() {
        return packed;
    }

    int count() {
        return packed.length / BYTES;
    }

    /** One of them, packed. */
    byte[] get(int index) {
        return Arrays.copyOfRange(packed, index * BYTES, (index + 1) * BYTES);
    }

    Networks without(Collection<byte[]> others) {
        TreeSet<byte[]> rest = new TreeSet<>(Arrays::compareUnsigned);
        IntStream.range(0, count()).mapToObj(this::get).forEach(rest::add);
        others.forEach(rest::remove);
        return ofSorted(rest);
    }

    /** In CIDR form, sorted as text. */
    List<String> texts() {
        return IntStream.range(0, count())
                .mapToObj(index -> text(get(index)))
                .sorted()
                .toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Networks networks && Arrays.equals(packed, networks.packed);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(packed);
    }

    @Override
    public String toString() {
        return texts().toString();
    }

    /**
     * What a device would take a network for whose line it got only the beginning of: of {@code /128}, {@code /12} and
     * {@code /1} (wireguard-go reads the line in which a request is cut off as if it were whole).
     */
    static List<byte[]> cutOff(byte[] network) {
        List<byte[]> shorter = new ArrayList<>(2);
        for (int length = (network[1] & 0xff) / 10; length > 0; length /= 10) {
            byte[] cut = network.clone();
            cut[1] = (byte) length;
            clearHostBits(cut, length);
            shorter.add(cut);
        }
        return shorter;
    }

    private static Networks ofSorted(TreeSet<byte[]> sorted) {
        byte[] packed = new byte[sorted.size() * BYTES];
        int at = 0;
        for (byte[] network : sorted) {
            System.arraycopy(network, 0, packed, at, BYTES);
            at += BYTES;
        }
        return new Networks(packed);
    }

    private static String text(byte[] network) {
        byte[] address = Arrays.copyOfRange(network, 2, network[0] == 6 ? BYTES : 6);
        if (address.length == 16) {
            return Cidr.ipv6Text(address) + "/" + (network[1] & 0xff);
        }
        try {
            return InetAddress.getByAddress(address).getHostAddress() + "/" + network[1];
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 bytes", e);
        }
    }

    private static void clearHostBits(byte[] network, int length) {
        for (int i = 0; i < BYTES - 2; i++) {
            int kept = Math.min(Byte.SIZE, Math.max(0, length - i * Byte.SIZE));
            network[2 + i] &= (byte) (0xff << (Byte.SIZE - kept));
        }
    }

    private static void parseIpv4(String text, int from, int to, byte[] network, int at) {
        int start = from;
        for (int octet = 0; octet < 4; octet++) {
            int dot = octet == 3 ? to : text.indexOf('.', start);
            if (dot < 0 || dot > to) {
                throw notANetwork();
            }
            network[at + octet] = (byte) number(text, start, dot, 255);
            start = dot + 1;
        }
    }

    private static void parseIpv6(String text, int to, byte[] network) {
        byte[] groups = new byte[2 * GROUPS];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < to) {
            int start = at;
            int value = 0;
            for (; at < to && Character.digit(text.charAt(at), 16) >= 0; at++) {
                value = value << 4 | Character.digit(text.charAt(at), 16);
            }
            boolean dotted = at < to && text.charAt(at) == '.';
            if (at == start || at - start > 4 || count + (dotted ? 2 : 1) > GROUPS) {
                throw notANetwork();
            }
            if (dotted) {
                parseIpv4(text, start, to, groups, 2 * count);
                count += 2;
                break;
            }
            groups[2 * count] = (byte) (value >> 8);
            groups[2 * count + 1] = (byte) value;
            count++;
            if (at == to) {
                break;
            }
            boolean separated = text.charAt(at) == ':' && ++at < to;
            if (separated && text.charAt(at) == ':') {
                separated = gap < 0;
                gap = count;
                at++;
            }
            if (!separated) {
                throw notANetwork();
            }
        }
        if (gap < 0 ? count != GROUPS : count >= GROUPS) {
            throw notANetwork();
        }
        int head = 2 * (gap < 0 ? count : gap);
        int tail = 2 * count - head;
        System.arraycopy(groups, 0, network, 2, head);
        System.arraycopy(groups, head, network, BYTES - tail, tail);
    }

    private static int number(String text, int from, int to, int most) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                throw notANetwork();
            }
            value = 10 * value + digit - '0';
        }
        boolean leadingZero = to - from > 1 && text.charAt(from) == '0';
        if (from >= to || to - from > 3 || leadingZero || value > most) {
            throw notANetwork();
        }
        return value;
    }

    /** Without the text, which comes from outside and may hold anything. */
    private static IllegalArgumentException notANetwork() {
        return new IllegalArgumentException("not an address with a prefix length");
    }
}
