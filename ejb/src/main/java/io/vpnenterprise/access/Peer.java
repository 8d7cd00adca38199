package io.vpnenterprise.access;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A device's entry on one server: what the host must have, and how far that is confirmed. One that was adopted with an
 * imported interface keeps what it had, a preshared key or none, addresses and networks.
 *
 * @param sealedPresharedKey opens with {@link #presharedKeyPurpose}; all zeros for none
 * @param version counts its changes
 * @param written whether the host has this version, if it is active
 * @param replacedKey the device's key before this one, which the host may have
 * @param kbitPerSecond in each direction; empty: as fast as it goes
 * @param host the number that both addresses have in the server's pools
 * @param adopted the allowed IPs of an adopted peer, which it has in place of those addresses
 */
public record Peer(
        UUID id,
        UUID serverId,
        UUID nodeId,
        String interfaceName,
        UUID deviceId,
        State state,
        String publicKey,
        byte[] sealedPresharedKey,
        int host,
        String ipv4,
        String ipv6,
        Optional<List<String>> adopted,
        Optional<Integer> kbitPerSecond,
        Optional<String> replacedKey,
        long version,
        boolean written) {

    /** How far the host is. */
    public enum State {
        PENDING,
        ACTIVE,
        REMOVING
    }

    String presharedKeyPurpose() {
        return presharedKeyPurpose(id);
    }

    static String presharedKeyPurpose(UUID id) {
        return "peers.sealed_preshared_key/" + id;
    }

    /** Its addresses as a host lists them, and the networks behind it. */
    List<String> allowedIps() {
        return adopted.orElseGet(() -> allowedIps(ipv4, ipv6));
    }

    /** Those of {@link #allowedIps} that the device itself has. */
    List<String> addresses() {
        return allowedIps().stream().filter(Peer::isAddress).toList();
    }

    /** What the host is to hold it to: a rate is of addresses, so whoever brings networks along has none. */
    Optional<Integer> rate() {
        return kbitPerSecond.filter(rate -> allowedIps().stream().allMatch(Peer::isAddress));
    }

    private static boolean isAddress(String allowedIp) {
        return allowedIp.endsWith(allowedIp.contains(":") ? "/128" : "/32");
    }

    static List<String> allowedIps(String ipv4, String ipv6) {
        return List.of(ipv4 + "/32", ipv6 + "/128");
    }
}
