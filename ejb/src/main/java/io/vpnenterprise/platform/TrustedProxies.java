package io.vpnenterprise.platform;

import java.util.List;
import java.util.Optional;

/**
 * The proxies in front of the platform, whose word on a client's address counts. Nobody else's does: the header is the
 * client's to write. Immutable.
 */
public final class TrustedProxies {

    private record Network(IpAddress first, int prefix) {

        boolean contains(IpAddress address) {
            return address.bits() == first.bits() && address.network(prefix).equals(first);
        }
    }

    private final List<Network> networks;

    private TrustedProxies(List<Network> networks) {
        this.networks = networks;
    }

    /**
     * @param cidrs addresses, or networks such as {@code 10.0.0.0/8} and {@code fd00::/8}
     * @throws IllegalStateException when one is neither
     */
    public static TrustedProxies of(List<String> cidrs) {
        return new TrustedProxies(cidrs.stream().map(TrustedProxies::network).toList());
    }

    private static Network network(String cidr) {
        int slash = cidr.indexOf('/');
        Optional<IpAddress> address = IpAddress.parse(slash < 0 ? cidr : cidr.substring(0, slash));
        String prefix = slash < 0 ? "" : cidr.substring(slash + 1);
        if (address.isPresent() && prefix.matches(slash < 0 ? "" : "\\d{1,3}")) {
            int bits = slash < 0 ? address.get().bits() : Integer.parseInt(prefix);
            Network network = new Network(address.get(), bits);
            // Host bits that are set say that something else was meant.
            if (bits <= address.get().bits() && network.contains(address.get())) {
                return network;
            }
        }
        throw new IllegalStateException("vpn.trusted-proxies: neither an address nor a network: " + cidr);
    }

    /** Whether this peer's headers count. */
    public boolean contains(String peer) {
        return IpAddress.parse(peer).filter(this::contains).isPresent();
    }

    private boolean contains(IpAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /**
     * The address that the outermost trusted proxy was called from: each proxy appends whom it saw, so the list is read
     * from its end, for as long as trusted proxies speak.
     *
     * @param peer whom the server saw
     * @param forwardedFor the values of {@code X-Forwarded-For}, in their order; anything may be in them
     */
    public String clientOf(String peer, List<String> forwardedFor) {
        Optional<IpAddress> seen = IpAddress.parse(peer);
        if (seen.isEmpty()) {
            return peer;
        }
        IpAddress client = seen.get();
        String[] hops = String.join(",", forwardedFor).split(",");
        for (int i = hops.length - 1; i >= 0 && contains(client); i--) {
            Optional<IpAddress> before = IpAddress.parse(hops[i]);
            if (before.isEmpty()) {
                break;
            }
            client = before.get();
        }
        return client.toString();
    }
}
