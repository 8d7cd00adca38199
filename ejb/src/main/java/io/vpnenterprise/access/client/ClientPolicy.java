package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import io.vpnenterprise.fleet.AddressBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a device's settings and its member's rules make of a configuration.
 *
 * @param dns empty: the operator's
 * @param mtu of the tunnel, in bytes; empty: the platform's or the server's, whichever is smaller
 * @param killSwitch whether what belongs in the tunnel may go nowhere else
 * @param inside what the rules send through the tunnel
 * @param split whether there are rules
 */
public record ClientPolicy(
        Optional<Platform> platform,
        Optional<List<String>> dns,
        Optional<Integer> mtu,
        boolean killSwitch,
        PrefixSet inside,
        boolean split) {

    static ClientPolicy of(
            DeviceSettings device, ClientWish wish, ClientsConfig config, List<SplitTunnelRule.Spec> rules) {
        Optional<Platform> platform = wish.platform().or(device::platform);
        PrefixSet inside = SplitTunnel.compile(rules);
        if (device.killSwitch()) {
            SplitTunnel.requireFew(PrefixSet.EVERYTHING.minus(inside));
        }
        return new ClientPolicy(
                platform,
                wish.dns().or(device::dns).map(config::dns),
                device.mtu(),
                device.killSwitch(),
                inside,
                !rules.isEmpty());
    }

    /**
     * @param endpoint the server's addresses outside the tunnel; without rules they do not matter
     */
    ClientConfig applyTo(ClientConfig config, List<AddressBlock> endpoint) {
        List<String> servers = dns.orElse(config.dns());
        PrefixSet allowed = split ? allowed(config, servers, endpoint) : inside;
        return config.with(
                mtu.orElseGet(() -> mtu(config)),
                servers,
                allowed.blocks().stream().map(AddressBlock::toString).toList());
    }

    private int mtu(ClientConfig config) {
        return platform.map(known -> Math.min(known.mtu(), config.mtu())).orElse(config.mtu());
    }

    /** The server itself and the name servers always: without them there is no tunnel, or none that resolves names. */
    private PrefixSet allowed(ClientConfig config, List<String> servers, List<AddressBlock> endpoint) {
        List<String> always = new ArrayList<>(config.server().addresses());
        always.addAll(servers);
        return withoutLoop(inside, endpoint).plus(PrefixSet.of(Networks.own(always)));
    }

    /**
     * On Linux a tunnel with less than a whole family gets plain routes, and one that covers its own endpoint would swallow
     * the tunnel's own packets; with the whole family wg-quick, NetworkManager and networkd mark those packets instead.
     * Other systems keep a client's own packets out by themselves.
     */
    private PrefixSet withoutLoop(PrefixSet set, List<AddressBlock> endpoint) {
        if (platform.isPresent() && platform.get() != Platform.LINUX) {
            return set;
        }
        return set.minus(PrefixSet.of(endpoint.stream()
                .filter(address -> !set.contains(AddressBlock.parse(address.isIpv6() ? "::/0" : "0.0.0.0/0")))
                .toList()));
    }
}
