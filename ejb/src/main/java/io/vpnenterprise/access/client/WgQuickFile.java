package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import java.util.List;

/** The file that {@code wg-quick up} and every WireGuard client takes (wg(8), wg-quick(8)). */
final class WgQuickFile {

    /** Stands where the private key belongs; no client takes it for one. */
    static final String PLACEHOLDER = "PUT-YOUR-PRIVATE-KEY-HERE";

    /** Lines of one name add up; wg-quick, a shell script, takes over a minute to read one line of a thousand networks. */
    private static final int NETWORKS_OF_A_LINE = 5;

    private WgQuickFile() {}

    static String of(ClientConfig config) {
        return of(config, List.of());
    }

    /** @param before what wg-quick runs before there is an interface */
    static String of(ClientConfig config, List<String> before) {
        StringBuilder conf = new StringBuilder();
        if (config.simulated()) {
            conf.append("# SIMULATED: there is no real server behind this configuration.\n");
        }
        conf.append("[Interface]\n");
        line(conf, "PrivateKey", privateKey(config));
        line(conf, "Address", String.join(", ", config.addresses()));
        if (!config.dns().isEmpty()) {
            line(conf, "DNS", String.join(", ", config.dns()));
        }
        line(conf, "MTU", config.mtu());
        before.forEach(command -> line(conf, "PreUp", command));
        conf.append("\n[Peer]\n");
        line(conf, "PublicKey", config.server().publicKey());
        config.presharedKey().ifPresent(key -> line(conf, "PresharedKey", key));
        List<String> allowed = config.allowedIps();
        for (int from = 0; from < allowed.size(); from += NETWORKS_OF_A_LINE) {
            int to = Math.min(allowed.size(), from + NETWORKS_OF_A_LINE);
            line(conf, "AllowedIPs", String.join(", ", allowed.subList(from, to)));
        }
        line(conf, "Endpoint", config.server().endpoint());
        line(conf, "PersistentKeepalive", config.persistentKeepaliveSeconds());
        return conf.toString();
    }

    static String privateKey(ClientConfig config) {
        return config.privateKey().orElse(PLACEHOLDER);
    }

    private static void line(StringBuilder conf, String key, Object value) {
        conf.append(key).append(" = ").append(value).append('\n');
    }
}
