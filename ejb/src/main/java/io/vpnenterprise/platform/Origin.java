package io.vpnenterprise.platform;

import java.util.Objects;

/**
 * Where a request came from, as far as we know.
 *
 * @param address the client's, as text; behind trusted proxies the one that they saw; empty when there is none
 * @param userAgent what the client calls itself, cut to {@value #MAX_USER_AGENT} characters; empty when it says nothing
 * @param requestId names the request in answers, logs and the audit; empty when no request made it happen
 */
public record Origin(String address, String userAgent, String requestId) {

    public static final int MAX_USER_AGENT = 200;

    private static final int IPV6_NETWORK = 64;

    /** Of what the platform does by itself. */
    public static final Origin NONE = new Origin("", "", "");

    public Origin {
        Objects.requireNonNull(address, "address is null");
        Objects.requireNonNull(requestId, "requestId is null");
        userAgent = userAgent == null ? "" : printable(userAgent);
    }

    /**
     * Whom limits count: an IPv4 address, or the 64 bits of an IPv6 one that name a customer's network (RFC 6177): he has
     * all addresses in it.
     */
    public String network() {
        return IpAddress.parse(address)
                .map(ip -> ip.bits() == Integer.SIZE ? ip.toString() : ip.network(IPV6_NETWORK) + "/" + IPV6_NETWORK)
                .orElse(address);
    }

    /** Goes into lists and logs: what could break a line becomes a question mark. */
    private static String printable(String text) {
        String cut = text.length() > MAX_USER_AGENT ? text.substring(0, MAX_USER_AGENT) : text;
        return cut.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
