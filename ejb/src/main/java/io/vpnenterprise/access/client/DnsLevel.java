package io.vpnenterprise.access.client;

import io.vpnenterprise.platform.VpnException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whose name servers a client asks through the tunnel, in the original's words for how much they keep to themselves. */
public enum DnsLevel {
    /** Google's. */
    STANDARD("8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844"),
    /** Cloudflare's. */
    HIGH("1.1.1.1", "1.0.0.1", "2606:4700:4700::1111", "2606:4700:4700::1001"),
    /** Quad9's, which also refuse names that are known for malware. */
    MAXIMUM("9.9.9.9", "149.112.112.112", "2620:fe::fe", "2620:fe::9");

    private final List<String> servers;

    DnsLevel(String... servers) {
        this.servers = List.of(servers);
    }

    /** Empty when there is no text; the field is named when it is none. */
    public static Optional<DnsLevel> parse(String field, String text) {
        return Optional.ofNullable(text).map(given -> Arrays.stream(values())
                .filter(level -> level.label().equals(given))
                .findFirst()
                .orElseThrow(() -> VpnException.ofField(
                        ClientError.INVALID_DNS_LEVEL,
                        field,
                        "one of " + Arrays.stream(values()).map(DnsLevel::label).toList())));
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Unless the operator says others. */
    List<String> servers() {
        return servers;
    }
}
