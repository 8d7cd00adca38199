package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a configuration says, in whatever format. */
record NormalForm(
        String privateKey,
        Set<String> addresses,
        Set<String> dns,
        String mtu,
        String publicKey,
        String presharedKey,
        Set<String> allowedIps,
        String endpoint,
        String keepalive) {

    /** As a value is shown that is not there. */
    static final String NONE = List.of().toString();

    static NormalForm of(ClientConfig config) {
        return new NormalForm(
                config.privateKey().orElseThrow(),
                new TreeSet<>(config.addresses()),
                new TreeSet<>(config.dns()),
                String.valueOf(config.mtu()),
                config.server().publicKey(),
                config.presharedKey().orElse(NONE),
                new TreeSet<>(config.allowedIps()),
                config.server().endpoint(),
                String.valueOf(config.persistentKeepaliveSeconds()));
    }

    /** Of files that have sections; a name may be there more often than once. */
    static NormalForm ofSections(Map<String, List<String>> values, Names names) {
        return new NormalForm(
                one(values, names.privateKey()),
                list(values, names.addresses()),
                list(values, names.dns()),
                one(values, names.mtu()),
                one(values, names.publicKey()),
                one(values, names.presharedKey()),
                list(values, names.allowedIps()),
                one(values, names.endpoint()),
                one(values, names.keepalive()));
    }

    /** Where a format has what: section, a dot, name. */
    record Names(
            String privateKey,
            String addresses,
            String dns,
            String mtu,
            String publicKey,
            String presharedKey,
            String allowedIps,
            String endpoint,
            String keepalive) {

        static final Names WG_QUICK = new Names(
                "Interface.PrivateKey",
                "Interface.Address",
                "Interface.DNS",
                "Interface.MTU",
                "Peer.PublicKey",
                "Peer.PresharedKey",
                "Peer.AllowedIPs",
                "Peer.Endpoint",
                "Peer.PersistentKeepalive");

        static final Names NETWORKD = new Names(
                "WireGuard.PrivateKey",
                "Network.Address",
                "Network.DNS",
                "NetDev.MTUBytes",
                "WireGuardPeer.PublicKey",
                "WireGuardPeer.PresharedKey",
                "WireGuardPeer.AllowedIPs",
                "WireGuardPeer.Endpoint",
                "WireGuardPeer.PersistentKeepalive");
    }

    static Map<String, List<String>> sections(String text) {
        Map<String, List<String>> values = new HashMap<>();
        String section = "";
        for (String line : text.split("\n")) {
            String stripped = line.strip();
            if (stripped.startsWith("[")) {
                section = stripped.substring(1, stripped.length() - 1) + ".";
            } else if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                int equals = stripped.indexOf('=');
                values.computeIfAbsent(section + stripped.substring(0, equals).strip(), name -> new ArrayList<>())
                        .add(stripped.substring(equals + 1).strip());
            }
        }
        return values;
    }

    static Set<String> split(String text, String divider) {
        Set<String> all = new TreeSet<>(Arrays.asList(text.split(divider)));
        all.remove("");
        return all;
    }

    private static String one(Map<String, List<String>> values, String name) {
        List<String> found = values.getOrDefault(name, List.of());
        return found.size() == 1 ? found.get(0) : found.toString();
    }

    private static Set<String> list(Map<String, List<String>> values, String name) {
        return split(String.join(",", values.getOrDefault(name, List.of())), "\\s*,\\s*");
    }
}
