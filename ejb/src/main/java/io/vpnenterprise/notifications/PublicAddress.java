package io.vpnenterprise.notifications;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Tells the internet from what is nearer: the machine itself, its networks, a cloud's metadata service (169.254.169.254),
 * and what no unicast host has (IANA's special-purpose registries, RFC 6890).
 */
final class PublicAddress {

    private PublicAddress() {}

    static boolean is(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? isPublicIpv4(bytes) : isPublicIpv6(bytes);
    }

    private static boolean isPublicIpv4(byte[] b) {
        int first = b[0] & 0xff;
        int second = b[1] & 0xff;
        int third = b[2] & 0xff;
        boolean special = first == 0 // this network
                || first == 100 && second >= 64 && second < 128 // shared by carriers
                || first == 192 && second == 0 && (third == 0 || third == 2) // protocols, documentation
                || first == 192 && second == 88 && third == 99 // relays to IPv6, as were
                || first == 198 && (second == 18 || second == 19) // benchmarks
                || first == 198 && second == 51 && third == 100 // documentation
                || first == 203 && second == 0 && third == 113 // documentation
                || first >= 240; // reserved, broadcast
        return !special;
    }

    private static boolean isPublicIpv6(byte[] b) {
        // Global unicast is 2000::/3; all else is local, multicast, or carries an IPv4 address.
        if ((b[0] & 0xe0) == 0x20) {
            boolean teredo = starts(b, 0x20, 0x01, 0x00, 0x00);
            boolean protocols = starts(b, 0x20, 0x01) && (b[2] & 0xfe) == 0;
            boolean documentation = starts(b, 0x20, 0x01, 0x0d, 0xb8) || starts(b, 0x3f, 0xff);
            if (starts(b, 0x20, 0x02)) {
                return isPublic(Arrays.copyOfRange(b, 2, 6)); // 6to4: the IPv4 address that it leads to
            }
            return !teredo && !protocols && !documentation;
        }
        // NAT64 (RFC 6052): leads to the IPv4 address at its end.
        return starts(b, 0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0) && isPublic(Arrays.copyOfRange(b, 12, 16));
    }

    private static boolean isPublic(byte[] ipv4) {
        try {
            return is(InetAddress.getByAddress(ipv4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static boolean starts(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if ((bytes[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
