package io.vpnenterprise.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An address with the length of its network. Parsing never asks a name server. */
record Cidr(InetAddress address, int prefixLength) {

    /** What may become part of a line of the UAPI, of wg's configuration or of an nftables script, valid or not. */
    private static final Pattern HARMLESS = Pattern.compile("[0-9A-Fa-f:.]{2,45}/[0-9]{1,3}");

    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");

    static boolean isHarmless(String text) {
        return HARMLESS.matcher(text).matches();
    }

    /** @throws IllegalArgumentException when it is not an IPv4 or IPv6 address with a prefix length */
    static Cidr parse(String text) {
        if (!isHarmless(text)) {
            throw notCidr(text);
        }
        int slash = text.indexOf('/');
        InetAddress address = parseAddress(text.substring(0, slash), text);
        int prefixLength = Integer.parseInt(text.substring(slash + 1));
        if (prefixLength > address.getAddress().length * Byte.SIZE) {
            throw notCidr(text);
        }
        return new Cidr(address, prefixLength);
    }

    boolean isIpv6() {
        return address.getAddress().length == 16;
    }

    /** The network that the address is in: 10.8.0.1/24 becomes 10.8.0.0/24. */
    Cidr network() {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int bitsKept = Math.min(Byte.SIZE, Math.max(0, prefixLength - i * Byte.SIZE));
            bytes[i] &= (byte) (0xff << (Byte.SIZE - bitsKept));
        }
        return new Cidr(ofBytes(bytes), prefixLength);
    }

    /** As devices write it, IPv6 by RFC 5952: texts are compared. */
    @Override
    public String toString() {
        return (isIpv6() ? ipv6Text(address.getAddress()) : address.getHostAddress()) + "/" + prefixLength;
    }

    static String ipv6Text(byte[] bytes) {
        int[] groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        // The first of the longest runs of zeros, of two or more.
        int start = -1;
        int length = 1;
        for (int i = 0; i < groups.length; i++) {
            int end = i;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.isEmpty() || i == start + length && start >= 0 ? "" : ":");
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    private static InetAddress parseAddress(String address, String text) {
        if (address.contains(":")) {
            try {
                // In brackets it must be a literal; without them, a text that is none would be looked up as a name.
                InetAddress parsed = InetAddress.getByName("[" + address + "]");
                if (parsed.getAddress().length == 16) {
                    return parsed;
                }
            } catch (UnknownHostException e) {
                throw notCidr(text);
            }
            throw notCidr(text);
        }
        Matcher matcher = IPV4.matcher(address);
        if (!matcher.matches()) {
            throw notCidr(text);
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < bytes.length; i++) {
            int octet = Integer.parseInt(matcher.group(i + 1));
            if (octet > 255) {
                throw notCidr(text);
            }
            bytes[i] = (byte) octet;
        }
        return ofBytes(bytes);
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private static IllegalArgumentException notCidr(String text) {
        // The text comes from outside and may hold anything; what is printable of it is enough to find it.
        return new IllegalArgumentException(
                "not an address with a prefix length: " + text.replaceAll("[^0-9A-Za-z:./]", "?"));
    }
}
