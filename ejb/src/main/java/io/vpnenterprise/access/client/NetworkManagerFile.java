package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** A keyfile of NetworkManager (nm-settings-keyfile(5)), to be put into its directory with mode 0600. */
final class NetworkManagerFile {

    private static final String IPV6_MARK = ":";

    private NetworkManagerFile() {}

    static String of(ClientConfig config) {
        StringBuilder file = new StringBuilder();
        if (config.simulated()) {
            file.append("# SIMULATED: there is no real server behind this configuration.\n");
        }
        file.append("[connection]\n");
        line(file, "id", escaped("VPN: " + config.server().name()));
        line(
                file,
                "uuid",
                UUID.nameUUIDFromBytes(("networkmanager/" + config.connectionId()).getBytes(StandardCharsets.UTF_8)));
        line(file, "type", "wireguard");
        line(file, "interface-name", KillSwitch.INTERFACE);
        // A tunnel that comes up by itself is the member's decision.
        line(file, "autoconnect", false);
        file.append("\n[wireguard]\n");
        line(file, "private-key", WgQuickFile.privateKey(config));
        line(file, "mtu", config.mtu());
        file.append("\n[wireguard-peer.").append(config.server().publicKey()).append("]\n");
        line(file, "endpoint", config.server().endpoint());
        config.presharedKey().ifPresent(key -> line(file, "preshared-key", key));
        line(file, "preshared-key-flags", 0);
        line(file, "persistent-keepalive", config.persistentKeepaliveSeconds());
        line(file, "allowed-ips", list(config.allowedIps()));
        family(file, config, false);
        family(file, config, true);
        return file.toString();
    }

    private static void family(StringBuilder file, ClientConfig config, boolean ipv6) {
        List<String> addresses = config.addresses().stream()
                .filter(address -> address.contains(IPV6_MARK) == ipv6)
                .toList();
        List<String> dns = config.dns().stream()
                .filter(server -> server.contains(IPV6_MARK) == ipv6)
                .toList();
        file.append(ipv6 ? "\n[ipv6]\n" : "\n[ipv4]\n");
        line(file, "method", "manual");
        for (int i = 0; i < addresses.size(); i++) {
            line(file, "address" + (i + 1), addresses.get(i));
        }
        if (!dns.isEmpty()) {
            line(file, "dns", list(dns));
            // All names, and before those of other connections: as NetworkManager imports wg-quick's files.
            line(file, "dns-search", "~;");
            line(file, "dns-priority", -50);
        }
    }

    private static String list(List<String> values) {
        return String.join(";", values) + ";";
    }

    /** As GLib reads a value of a keyfile: backslashes begin an escape. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\");
    }

    private static void line(StringBuilder file, String key, Object value) {
        file.append(key).append('=').append(value).append('\n');
    }
}
