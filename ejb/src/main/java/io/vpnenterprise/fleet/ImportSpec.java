package io.vpnenterprise.fleet;

import io.vpnenterprise.node.ExistingInterface;
import io.vpnenterprise.platform.VpnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An interface that shall become a server, as an admin asks for it, checked.
 *
 * @param capacity empty: {@link ServerSpec#DEFAULT_CAPACITY}, or as many peers as it has if they are more
 */
public record ImportSpec(String interfaceName, String name, String region, UUID nodeId, Optional<Integer> capacity) {

    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,14}");

    /** @throws VpnException naming the field that is wrong */
    public static ImportSpec of(
            String interfaceName, String name, String region, UUID nodeId, Integer capacity, List<String> regions) {
        if (interfaceName == null || !INTERFACE.matcher(interfaceName).matches()) {
            throw VpnException.ofField(FleetError.INVALID_INTERFACE, "interfaceName", null);
        }
        ServerSpec.requirePlace(name, region, regions);
        Optional<Integer> wanted = Optional.ofNullable(capacity);
        wanted.ifPresent(ServerSpec::requireCapacity);
        return new ImportSpec(interfaceName, name, region, nodeId, wanted);
    }

    /** The server that it becomes. */
    ServerSpec toServer(ExistingInterface found) {
        int peers = found.peers().size();
        int room = capacity.orElse(Math.max(ServerSpec.DEFAULT_CAPACITY, peers));
        if (peers > room || room > ServerSpec.MAX_CAPACITY) {
            throw VpnException.ofField(FleetError.CAPACITY_IN_USE, "capacity", peers + " peers");
        }
        return new ServerSpec(name, region, found.spec().listenPort(), Optional.of(nodeId), room);
    }

    /**
     * The networks that belong to an interface and its peers, in which nobody else may get an address. A default route does
     * not count: within an interface the longer prefix wins (cryptokey routing, wireguard.com).
     */
    static List<AddressBlock> networks(ExistingInterface found) {
        List<AddressBlock> own = found.spec().addresses().stream()
                .map(AddressBlock::around)
                .distinct()
                .toList();
        Stream<AddressBlock> routed = found.peers().stream()
                .flatMap(peer -> peer.allowedIps().stream())
                .map(AddressBlock::parse)
                .filter(block -> block.prefix() > 0 && own.stream().noneMatch(network -> network.contains(block)));
        List<AddressBlock> all = new ArrayList<>(own);
        routed.distinct().forEach(all::add);
        return all;
    }
}
