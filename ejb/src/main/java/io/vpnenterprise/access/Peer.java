package io.vpnenterprise.access;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A device's entry on one server: what the host must have, and how far that is confirmed.
 *
 * @param sealedPresharedKey opens with {@link #presharedKeyPurpose}
 * @param version counts its changes
 * @param written whether the host has this version, if it is active
 * @param replacedKey the device's key before this one, which the host may have
 * @param kbitPerSecond in each direction; empty: as fast as it goes
 * @param host the number that both addresses have in the server's pools
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

    /** Its addresses as a host lists them. */
    List<String> allowedIps() {
        return allowedIps(ipv4, ipv6);
    }

    static List<String> allowedIps(String ipv4, String ipv6) {
        return List.of(ipv4 + "/32", ipv6 + "/128");
    }
}
