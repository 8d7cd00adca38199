package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import io.vpnenterprise.fleet.AddressBlock;
import io.vpnenterprise.platform.VpnException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An nftables ruleset (nft(8)) that lets what belongs in the tunnel go nowhere else, whether the tunnel is up or not.
 *
 * <p>It drops what leaves the machine, its own and what it forwards, but for: the tunnel, the loopback, the tunnel's own
 * packets to the server's endpoint, DHCP and IPv6's neighbour discovery (without which there is no network), and what the
 * split tunnel's rules leave outside. It has a table of its own and replaces it in one transaction, so that there is no
 * moment without rules, also when the server changes. It stays when the tunnel goes down, wg-quick dies or crashes: nothing
 * but a hand that deletes the table opens it.
 *
 * @param interfaceName of the tunnel, or {@code %i} where wg-quick puts it in
 * @param endpoint the server's addresses
 * @param outside what may leave beside the tunnel
 */
record KillSwitch(String interfaceName, List<AddressBlock> endpoint, int port, PrefixSet outside) {

    /** As the files are named, wg-quick names the interface. */
    static final String INTERFACE = "vpn";

    static final String TABLE = "vpn_kill_switch";

    /** What opens it again. */
    static final String TURN_OFF = "nft delete table inet " + TABLE;

    private static final int BLOCKS_OF_A_LINE = 20;

    private static final String NAME = "[A-Za-z0-9_=+.-]{1,15}";

    /** Private and link-local networks, and what a network says to all of its machines. */
    private static final PrefixSet LAN = PrefixSet.of(Networks.own(List.of(
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "224.0.0.0/24",
            "239.255.255.250/32",
            "255.255.255.255/32",
            "fc00::/7",
            "fe80::/10",
            "ff02::/16")));

    /**
     * @param lan whether the networks around the machine may be reached beside the tunnel
     * @throws VpnException {@code ENDPOINT_UNKNOWN}, {@code INVALID_INTERFACE_NAME}
     */
    static KillSwitch of(ClientConfig config, String interfaceName, boolean lan) {
        if (!interfaceName.matches(NAME)) {
            throw VpnException.ofField(ClientError.INVALID_INTERFACE_NAME, "interface", null);
        }
        return forInterface(config, interfaceName, lan);
    }

    /** What wg-quick runs before there is an interface: the closed table first, then what it lets out. */
    static List<String> commands(ClientConfig config) {
        return forInterface(config, "%i", false).commands();
    }

    private static KillSwitch forInterface(ClientConfig config, String interfaceName, boolean lan) {
        Endpoint endpoint = Endpoint.parse(config.server().endpoint());
        List<AddressBlock> addresses = endpoint.addresses();
        if (addresses.isEmpty()) {
            throw new VpnException(ClientError.ENDPOINT_UNKNOWN, endpoint.host());
        }
        PrefixSet outside =
                SplitTunnel.requireFew(PrefixSet.EVERYTHING.minus(PrefixSet.of(Networks.own(config.allowedIps()))));
        return new KillSwitch(
                interfaceName, addresses, endpoint.port(), lan ? outside.plus(LAN.minus(tunnel(config))) : outside);
    }

    /** What is in the tunnel whatever the network around the machine is. */
    private static PrefixSet tunnel(ClientConfig config) {
        List<String> inside = new ArrayList<>(config.server().addresses());
        inside.addAll(config.addresses());
        inside.addAll(config.dns());
        return PrefixSet.of(Networks.own(inside));
    }

    /** The file for {@code nft -f}. */
    String file() {
        return """
                #!/usr/sbin/nft -f
                # What belongs in the tunnel goes nowhere else. Load it before the tunnel: nft -f vpn-kill-switch.nft
                # From boot on: have /etc/nftables.conf include it. It stays when the tunnel goes; to open it:
                #   %s
                """.formatted(TURN_OFF)
                + String.join("\n", table())
                + "\n"
                + elements().stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private List<String> commands() {
        // Semicolons end what line ends end; a hash would begin a comment of wg-quick's.
        String closed = table().stream().map(String::strip).collect(Collectors.joining("; "));
        return Stream.concat(Stream.of(closed), elements().stream())
                .map(script -> "nft '" + script + "'")
                .toList();
    }

    private List<String> table() {
        List<String> lines = new ArrayList<>();
        // Made if it is not there, so that it can be deleted, so that the next one is new: all in one transaction.
        lines.add("table inet " + TABLE);
        lines.add("delete table inet " + TABLE);
        lines.add("table inet " + TABLE + " {");
        lines.add("    set outside4 { type ipv4_addr; flags interval; }");
        lines.add("    set outside6 { type ipv6_addr; flags interval; }");
        lines.add("    chain output {");
        lines.add("        type filter hook output priority 0");
        lines.add("        policy drop");
        lines.add("        oifname { \"lo\", \"" + interfaceName + "\" } accept");
        endpoint.forEach(address -> lines.add(
                "        " + family(address) + " daddr " + address.address(0) + " udp dport " + port + " accept"));
        lines.add("        meta nfproto ipv4 udp sport 68 udp dport 67 accept");
        lines.add("        meta nfproto ipv6 udp sport 546 udp dport 547 accept");
        lines.add("        icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert,"
                + " mld2-listener-report } accept");
        lines.add("        ip daddr @outside4 accept");
        lines.add("        ip6 daddr @outside6 accept");
        lines.add("    }");
        lines.add("    chain forward {");
        lines.add("        type filter hook forward priority 0");
        lines.add("        policy drop");
        lines.add("        oifname \"" + interfaceName + "\" accept");
        lines.add("        iifname \"" + interfaceName + "\" ct state { established, related } accept");
        lines.add("        ip daddr @outside4 accept");
        lines.add("        ip6 daddr @outside6 accept");
        lines.add("    }");
        lines.add("}");
        return lines;
    }

    /** In short lines, since wg-quick takes minutes to read long ones. */
    private List<String> elements() {
        List<String> lines = new ArrayList<>();
        for (boolean ipv6 : List.of(false, true)) {
            List<String> blocks = outside.blocks().stream()
                    .filter(block -> block.isIpv6() == ipv6)
                    .map(AddressBlock::toString)
                    .toList();
            for (int from = 0; from < blocks.size(); from += BLOCKS_OF_A_LINE) {
                lines.add("add element inet " + TABLE + (ipv6 ? " outside6 { " : " outside4 { ")
                        + String.join(", ", blocks.subList(from, Math.min(blocks.size(), from + BLOCKS_OF_A_LINE)))
                        + " }");
            }
        }
        return lines;
    }

    private static String family(AddressBlock address) {
        return address.isIpv6() ? "ip6" : "ip";
    }
}
