package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The two files of systemd-networkd (systemd.netdev(5), systemd.network(5)), for systemd 250 and later. */
final class NetworkdFiles {

    static final String NETDEV = "vpn.netdev";
    static final String NETWORK = "vpn.network";

    /** Of the tunnel's own packets, and of the table with its routes, as wg-quick's. */
    private static final int MARK = 51_820;

    private static final List<String> DEFAULTS = List.of("0.0.0.0/0", "::/0");

    private NetworkdFiles() {}

    static String netdev(ClientConfig config) {
        StringBuilder file = new StringBuilder(simulated(config));
        file.append("# Holds keys: owned by root, readable by the group systemd-network alone (mode 0640).\n");
        file.append("[NetDev]\n");
        line(file, "Name", KillSwitch.INTERFACE);
        line(file, "Kind", "wireguard");
        line(file, "MTUBytes", config.mtu());
        file.append("\n[WireGuard]\n");
        line(file, "PrivateKey", WgQuickFile.privateKey(config));
        if (isDefault(config)) {
            line(file, "FirewallMark", MARK);
            line(file, "RouteTable", MARK);
        } else {
            line(file, "RouteTable", "main");
        }
        file.append("\n[WireGuardPeer]\n");
        line(file, "PublicKey", config.server().publicKey());
        config.presharedKey().ifPresent(key -> line(file, "PresharedKey", key));
        line(file, "AllowedIPs", String.join(",", config.allowedIps()));
        line(file, "Endpoint", config.server().endpoint());
        line(file, "PersistentKeepalive", config.persistentKeepaliveSeconds());
        return file.toString();
    }

    static String network(ClientConfig config) {
        StringBuilder file = new StringBuilder(simulated(config));
        file.append("[Match]\n");
        line(file, "Name", KillSwitch.INTERFACE);
        file.append("\n[Network]\n");
        config.addresses().forEach(address -> line(file, "Address", address));
        config.dns().forEach(server -> line(file, "DNS", server));
        if (!config.dns().isEmpty()) {
            // All names.
            line(file, "Domains", "~.");
        }
        if (isDefault(config)) {
            // All but the tunnel's own packets, and but what a more special route of the main table has.
            file.append("\n[RoutingPolicyRule]\n");
            line(file, "FirewallMark", MARK);
            line(file, "InvertRule", "yes");
            line(file, "Table", MARK);
            line(file, "Family", "both");
            line(file, "Priority", 32_765);
            file.append("\n[RoutingPolicyRule]\n");
            line(file, "SuppressPrefixLength", 0);
            line(file, "Table", "main");
            line(file, "Family", "both");
            line(file, "Priority", 32_764);
        }
        return file.toString();
    }

    static byte[] zip(ClientConfig config) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
            add(zip, NETDEV, netdev(config));
            add(zip, NETWORK, network(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static boolean isDefault(ClientConfig config) {
        return config.allowedIps().stream().anyMatch(DEFAULTS::contains);
    }

    private static String simulated(ClientConfig config) {
        return config.simulated() ? "# SIMULATED: there is no real server behind this configuration.\n" : "";
    }

    private static void line(StringBuilder file, String key, Object value) {
        file.append(key).append('=').append(value).append('\n');
    }
}
