package io.vpnenterprise.access.client;

import io.vpnenterprise.fleet.AddressBlock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** Where a server is reached: a name or an address, and a UDP port. */
record Endpoint(String host, int port) {

    /** {@code host:port}, an IPv6 address in brackets. */
    static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, colon);
        return new Endpoint(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                Integer.parseInt(text.substring(colon + 1)));
    }

    boolean isName() {
        return Networks.parse(host).isEmpty();
    }

    /** Its addresses now, each as a block of one; a name is looked up. Empty when it has none. */
    List<AddressBlock> addresses() {
        return Networks.parse(host).map(List::of).orElseGet(this::lookedUp);
    }

    /** As configurations write it, with an address in place of the name. */
    String at(AddressBlock address) {
        String text = address.address(0);
        return (address.isIpv6() ? "[" + text + "]" : text) + ":" + port;
    }

    private List<AddressBlock> lookedUp() {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                    .map(text -> Networks.parse(text).orElseThrow())
                    .distinct()
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
