package io.vpnenterprise.access.client;

import io.vpnenterprise.fleet.AddressBlock;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what people write for an address or a network; asks no name server. */
final class Networks {

    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$|/)|(?=$|/))){4}(?:/\\d{1,2})?");

    /** What is no address in it, the parser refuses; with a colon in it, it is looked up nowhere. */
    private static final Pattern IPV6 = Pattern.compile("(?=[^/]*:)[0-9A-Fa-f:.]{2,45}(?:/\\d{1,3})?");

    private Networks() {}

    /** An address, or a network without bits behind its prefix; empty when it is anything else. */
    static Optional<AddressBlock> parse(String text) {
        boolean ipv4 = text != null && IPV4.matcher(text).matches();
        if (!ipv4 && (text == null || !IPV6.matcher(text).matches())) {
            return Optional.empty();
        }
        String cidr = text.indexOf('/') >= 0 ? text : text + (ipv4 ? "/32" : "/128");
        try {
            return Optional.of(AddressBlock.parse(cidr)).filter(block -> block.isIpv6() != ipv4);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether it is one address, and nothing that could break a line. */
    static boolean isAddress(String text) {
        return text.indexOf('/') < 0 && parse(text).isPresent();
    }

    /** Blocks that the platform wrote itself. */
    static List<AddressBlock> own(List<String> addresses) {
        return addresses.stream()
                .map(text ->
                        parse(text).orElseThrow(() -> new IllegalStateException("not an address of ours: " + text)))
                .toList();
    }
}
