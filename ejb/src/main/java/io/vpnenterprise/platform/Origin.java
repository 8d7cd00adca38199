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

    /** Of what the platform does by itself. */
    public static final Origin NONE = new Origin("", "", "");

    public Origin {
        Objects.requireNonNull(address, "address is null");
        Objects.requireNonNull(requestId, "requestId is null");
        userAgent = userAgent == null ? "" : printable(userAgent);
    }

    /** Goes into lists and logs: what could break a line becomes a question mark. */
    private static String printable(String text) {
        String cut = text.length() > MAX_USER_AGENT ? text.substring(0, MAX_USER_AGENT) : text;
        return cut.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
