package io.vpnenterprise.access.client;

import io.vpnenterprise.platform.VpnException;
import java.util.Arrays;
import java.util.Locale;

/** What one kind of client reads. */
public enum ClientFormat {
    /** wg-quick(8)'s, which every WireGuard client takes. */
    CONF,
    /** The same as a picture, for the mobile clients. */
    QR,
    /** Apple's configuration profile for the WireGuard app. */
    MOBILECONFIG,
    /** A keyfile of NetworkManager. */
    NETWORKMANAGER,
    /** The two files of systemd-networkd, in a ZIP archive. */
    NETWORKD;

    private static final String OPENVPN = "openvpn";

    /** {@link #CONF} when there is no text. */
    public static ClientFormat parse(String text) {
        if (OPENVPN.equals(text)) {
            throw VpnException.ofField(ClientError.OPENVPN_NOT_OFFERED, "format", null);
        }
        return text == null
                ? CONF
                : Arrays.stream(values())
                        .filter(format -> format.label().equals(text))
                        .findFirst()
                        .orElseThrow(() -> VpnException.ofField(
                                ClientError.INVALID_FORMAT,
                                "format",
                                "one of "
                                        + Arrays.stream(values())
                                                .map(ClientFormat::label)
                                                .toList()));
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
