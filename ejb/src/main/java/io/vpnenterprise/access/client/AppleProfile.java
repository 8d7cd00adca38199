package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * A configuration profile for the WireGuard app of iOS and macOS: Apple's {@code com.apple.vpn.managed} payload, with the
 * app's own key {@code WgQuickConfig} in it. The same connection always has the same UUIDs, so that a profile that is
 * installed again replaces the earlier one.
 */
final class AppleProfile {

    private AppleProfile() {}

    /**
     * @param platform {@link Platform#MACOS}; anything else is taken for iOS
     * @param onDemand whether it connects by itself whenever there is a network
     * @param everything whether the system lets nothing go beside the tunnel, also while it is down
     */
    static String of(ClientConfig config, Platform platform, boolean onDemand, boolean everything) {
        StringBuilder profile = new StringBuilder("""
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                <plist version="1.0">
                <dict>
                """);
        text(profile, "PayloadType", "Configuration");
        integer(profile, "PayloadVersion", 1);
        text(profile, "PayloadIdentifier", "io.vpnenterprise.connection." + config.connectionId());
        text(profile, "PayloadUUID", uuid(config, "profile"));
        text(profile, "PayloadDisplayName", "VPN: " + config.server().name());
        profile.append("<key>PayloadContent</key>\n<array>\n<dict>\n");
        text(profile, "PayloadType", "com.apple.vpn.managed");
        integer(profile, "PayloadVersion", 1);
        text(profile, "PayloadIdentifier", "io.vpnenterprise.connection." + config.connectionId() + ".vpn");
        text(profile, "PayloadUUID", uuid(config, "vpn"));
        text(profile, "PayloadDisplayName", config.deviceName());
        text(profile, "UserDefinedName", "VPN: " + config.server().name());
        text(profile, "VPNType", "VPN");
        text(profile, "VPNSubType", platform == Platform.MACOS ? "com.wireguard.macos" : "com.wireguard.ios");
        profile.append("<key>VendorConfig</key>\n<dict>\n");
        text(profile, "WgQuickConfig", WgQuickFile.of(config));
        profile.append("</dict>\n<key>VPN</key>\n<dict>\n");
        text(profile, "RemoteAddress", config.server().endpoint());
        text(profile, "AuthenticationMethod", "Password");
        if (everything) {
            profile.append("<key>IncludeAllNetworks</key>\n<true/>\n");
        }
        if (onDemand) {
            // The first rule that matches counts, and one without conditions always does.
            profile.append("""
                    <key>OnDemandEnabled</key>
                    <integer>1</integer>
                    <key>OnDemandRules</key>
                    <array>
                    <dict>
                    <key>Action</key>
                    <string>Connect</string>
                    </dict>
                    </array>
                    """);
        }
        return profile.append("</dict>\n</dict>\n</array>\n</dict>\n</plist>\n").toString();
    }

    private static String uuid(ClientConfig config, String what) {
        return UUID.nameUUIDFromBytes(
                        ("mobileconfig/" + what + "/" + config.connectionId()).getBytes(StandardCharsets.UTF_8))
                .toString()
                .toUpperCase(java.util.Locale.ROOT);
    }

    private static void text(StringBuilder profile, String key, String value) {
        profile.append("<key>")
                .append(key)
                .append("</key>\n<string>")
                .append(escaped(value))
                .append("</string>\n");
    }

    private static void integer(StringBuilder profile, String key, int value) {
        profile.append("<key>")
                .append(key)
                .append("</key>\n<integer>")
                .append(value)
                .append("</integer>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
