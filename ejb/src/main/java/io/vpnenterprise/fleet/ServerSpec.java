package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.VpnException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A server as an admin asks for it, checked.
 *
 * @param nodeId empty: the node with the fewest servers
 * @param capacity peers, 1 to 65,000
 */
public record ServerSpec(String name, String region, int port, Optional<UUID> nodeId, int capacity) {

    static final int DEFAULT_CAPACITY = 1_000;
    static final int MAX_CAPACITY = 65_000;
    private static final int MIN_PORT = 1_024;
    private static final int MAX_PORT = 65_535;

    /** @throws VpnException naming the field that is wrong */
    public static ServerSpec of(
            String name, String region, Integer port, UUID nodeId, Integer capacity, List<String> regions) {
        requirePlace(name, region, regions);
        requirePort(port);
        int peers = capacity == null ? DEFAULT_CAPACITY : capacity;
        requireCapacity(peers);
        return new ServerSpec(name, region, port, Optional.ofNullable(nodeId), peers);
    }

    static void requirePlace(String name, String region, List<String> regions) {
        if (!NodeSpec.isName(name)) {
            throw VpnException.ofField(FleetError.INVALID_SERVER_NAME, "name", null);
        }
        if (region == null || !regions.contains(region)) {
            throw VpnException.ofField(FleetError.UNKNOWN_REGION, "region", "the regions are " + regions);
        }
    }

    static void requireCapacity(int peers) {
        if (!isCapacity(peers)) {
            throw VpnException.ofField(FleetError.INVALID_CAPACITY, "capacity", null);
        }
    }

    static void requirePort(Integer port) {
        if (port == null || port < MIN_PORT || port > MAX_PORT) {
            throw VpnException.ofField(FleetError.INVALID_PORT, "port", null);
        }
    }

    static boolean isCapacity(int peers) {
        return peers >= 1 && peers <= MAX_CAPACITY;
    }
}
