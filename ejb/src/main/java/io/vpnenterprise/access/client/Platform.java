package io.vpnenterprise.access.client;

import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.platform.VpnException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a client runs on. */
public enum Platform {
    IOS(Server.MTU),
    /** IPv6's least (RFC 8200, section 5), as the original's users have it: it fits through every mobile network. */
    ANDROID(1_280),
    WINDOWS(Server.MTU),
    MACOS(Server.MTU),
    LINUX(Server.MTU);

    private final int mtu;

    Platform(int mtu) {
        this.mtu = mtu;
    }

    /** Empty when there is no text; the field is named when it is none. */
    public static Optional<Platform> parse(String field, String text) {
        return Optional.ofNullable(text).map(given -> Arrays.stream(values())
                .filter(platform -> platform.label().equals(given))
                .findFirst()
                .orElseThrow(() -> VpnException.ofField(
                        ClientError.INVALID_PLATFORM,
                        field,
                        "one of " + Arrays.stream(values()).map(Platform::label).toList())));
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of the tunnel, in bytes; safe where the tunnel's own packets go by IPv6. */
    int mtu() {
        return mtu;
    }

    boolean isApple() {
        return this == IOS || this == MACOS;
    }
}
