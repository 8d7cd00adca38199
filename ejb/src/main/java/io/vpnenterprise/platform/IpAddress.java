package io.vpnenterprise.platform;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** An IPv4 or IPv6 address, equal whatever way it was written. Parsing never asks a name server and never throws. */
final class IpAddress {

    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final Pattern ZEROS = Pattern.compile("\\b0(?::0)+\\b");

    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Also as headers have it: with a port, in brackets, with a zone. Empty when it is anything else. */
    static Optional<IpAddress> parse(String text) {
        String address = bare(text.strip());
        boolean ipv6 = address.indexOf(':') >= 0;
        if (!(ipv6 ? IPV6 : IPV4).matcher(address).matches()) {
            return Optional.empty();
        }
        try {
            // In brackets it must be a literal; what the JDK makes of ::ffff:192.0.2.1 is the IPv4 address.
            return Optional.of(new IpAddress(
                    InetAddress.getByName(ipv6 ? "[" + address + "]" : address).getAddress()));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static String bare(String text) {
        String address = text;
        int bracket = address.indexOf(']');
        if (address.startsWith("[") && bracket > 0) {
            address = address.substring(1, bracket);
        } else if (address.indexOf('.') >= 0 && address.indexOf(':') == address.lastIndexOf(':')) {
            address = address.replaceFirst(":\\d{1,5}$", "");
        }
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    int bits() {
        return bytes.length * Byte.SIZE;
    }

    /** The first address of the network with this prefix that this one is in. */
    IpAddress network(int prefix) {
        byte[] network = bytes.clone();
        for (int i = 0; i < network.length; i++) {
            int kept = Math.min(Byte.SIZE, Math.max(0, prefix - i * Byte.SIZE));
            network[i] &= (byte) (0xff << (Byte.SIZE - kept));
        }
        return new IpAddress(network);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** IPv6 as RFC 5952 has it: the longest run of zeros left out, in lower case. */
    @Override
    public String toString() {
        try {
            String full = InetAddress.getByAddress(bytes).getHostAddress();
            return ZEROS.matcher(full)
                    .results()
                    // The first of the longest.
                    .max(Comparator.<MatchResult>comparingInt(run -> run.end() - run.start())
                            .thenComparing(MatchResult::start, Comparator.reverseOrder()))
                    .map(run -> (full.substring(0, run.start()) + "::" + full.substring(run.end()))
                            .replaceAll(":{2,}", "::"))
                    .orElse(full);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
