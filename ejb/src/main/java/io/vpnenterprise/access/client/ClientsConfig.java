package io.vpnenterprise.access.client;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Settings of what clients get. */
@ApplicationScoped
public class ClientsConfig implements FeatureConfig {

    private final Map<DnsLevel, List<String>> dns = new EnumMap<>(DnsLevel.class);
    private int splitTunnelRulesPerUser;
    private Duration linkLifeMost;
    private int linksPerConnection;
    private int killSwitchEventsPerHour;

    @Override
    public void read(Settings settings) {
        for (DnsLevel level : DnsLevel.values()) {
            String key = "vpn.clients.dns-" + level.name().toLowerCase(Locale.ROOT);
            List<String> servers = settings.list(key, level.servers());
            if (!servers.stream().allMatch(Networks::isAddress)) {
                throw new IllegalStateException(key + " must be IPv4 and IPv6 addresses: " + servers);
            }
            dns.put(level, servers);
        }
        // What a list in a console can show; beyond it, a member writes networks instead of addresses.
        splitTunnelRulesPerUser = settings.number("vpn.clients.split-tunnel-rules-per-user", 500, 1, 5_000);
        // A link that holds a private key is a key lying about.
        linkLifeMost = settings.duration(
                "vpn.clients.link-life-most", Duration.ofHours(24), Duration.ofMinutes(1), Duration.ofDays(7));
        // One for each of a person's machines and one to spare.
        linksPerConnection = settings.number("vpn.clients.links-per-connection", 5, 1, 100);
        // A network that comes and goes every minute makes two.
        killSwitchEventsPerHour = settings.number("vpn.clients.kill-switch-events-per-hour", 120, 1, 10_000);
    }

    List<String> dns(DnsLevel level) {
        return dns.get(level);
    }

    int splitTunnelRulesPerUser() {
        return splitTunnelRulesPerUser;
    }

    /** The longest that a link may wait to be opened. */
    Duration linkLifeMost() {
        return linkLifeMost;
    }

    /** How many may wait at once. */
    int linksPerConnection() {
        return linksPerConnection;
    }

    /** Of one member. */
    int killSwitchEventsPerHour() {
        return killSwitchEventsPerHour;
    }
}
