package io.vpnenterprise.node;

import java.util.List;

/** The nftables table of one interface: everything that the connector adds to a host's packet filter, and no more. */
final class NftTable {

    private NftTable() {}

    /**
     * A script that {@code nft -f -} applies whole or not at all, and again with the same result. The first two lines
     * make sure of an empty start: {@code delete} alone fails on the first run.
     */
    static String define(String interfaceName, List<Cidr> addresses) {
        String table = "inet " + nameOf(interfaceName);
        StringBuilder script = new StringBuilder(remove(interfaceName));
        script.append("table ").append(table).append(" {\n");
        script.append("  chain exit {\n    type nat hook postrouting priority srcnat; policy accept;\n");
        for (Cidr address : addresses) {
            script.append("    ").append(address.isIpv6() ? "ip6" : "ip");
            script.append(" saddr ").append(address.network());
            script.append(" oifname != \"").append(interfaceName).append("\" masquerade\n");
        }
        script.append("  }\n");
        script.append("  chain transit {\n    type filter hook forward priority filter; policy accept;\n");
        for (String direction : List.of("iifname", "oifname")) {
            // The tunnel takes away some 80 bytes of every packet; not every path tells TCP so (RFC 2923, section 2.1).
            script.append("    ").append(direction).append(" \"").append(interfaceName);
            script.append("\" tcp flags syn / syn,rst tcp option maxseg size set rt mtu\n");
        }
        for (String direction : List.of("iifname", "oifname")) {
            script.append("    ")
                    .append(direction)
                    .append(" \"")
                    .append(interfaceName)
                    .append("\" accept\n");
        }
        return script.append("  }\n}\n").toString();
    }

    static String remove(String interfaceName) {
        String table = "inet " + nameOf(interfaceName);
        return "table " + table + "\ndelete table " + table + "\n";
    }

    static String nameOf(String interfaceName) {
        return "vpne_" + interfaceName;
    }
}
