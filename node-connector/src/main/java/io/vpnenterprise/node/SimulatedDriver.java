package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * <b>Simulated</b>: interfaces in memory that follow a device's rules and carry no traffic, so every handshake is empty and
 * every counter is 0. They live as long as the resource adapter.
 */
final class SimulatedDriver implements DeviceDriver {

    /** As wireguard-go has it. */
    static final int MAX_PEERS = 65_536;

    private final Map<String, Device> devices = new HashMap<>();

    @Override
    public void ensureInterface(InterfaceSpec spec, Deadline deadline) {
        for (String address : spec.addresses()) {
            try {
                Cidr.parse(address);
            } catch (IllegalArgumentException e) {
                throw new NodeException(Reason.REFUSED, e.getMessage(), e);
            }
        }
        devices.forEach((name, other) -> {
            if (!name.equals(spec.name()) && other.listenPort == spec.listenPort()) {
                throw new NodeException(Reason.REFUSED, "simulated: UDP port " + spec.listenPort() + " is in use");
            }
        });
        Device device = devices.computeIfAbsent(spec.name(), name -> new Device());
        device.publicKey = Curve25519.publicKeyOf(spec.privateKey());
        device.listenPort = spec.listenPort();
    }

    @Override
    public void removeInterface(String interfaceName, Deadline deadline) {
        devices.remove(interfaceName);
    }

    @Override
    public List<RefusedChange> apply(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        Device device = require(interfaceName);
        return PeerBatch.apply(changes, part -> {
            try {
                part.forEach(device::apply);
                return Optional.empty();
            } catch (IllegalArgumentException e) {
                return Optional.of("simulated: " + e.getMessage());
            }
        });
    }

    @Override
    public void rate(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        Map<WireGuardKey, PeerRate> rates = require(interfaceName).rates;
        for (PeerChange change : changes) {
            rates.remove(change.publicKey());
            if (change instanceof PeerChange.Put put) {
                put.kbitPerSecond()
                        .ifPresent(kbit -> rates.put(
                                put.publicKey(),
                                new PeerRate(put.allowedIps().stream().sorted().toList(), kbit)));
            }
        }
    }

    @Override
    public Map<WireGuardKey, PeerRate> rates(String interfaceName, Deadline deadline) {
        return Map.copyOf(require(interfaceName).rates);
    }

    @Override
    public InterfaceState read(String interfaceName, Deadline deadline) {
        return require(interfaceName).state();
    }

    @Override
    public String incarnation(String interfaceName, Deadline deadline) {
        return require(interfaceName).incarnation;
    }

    @Override
    public void check(Deadline deadline) {
        // Memory is always reachable.
    }

    @Override
    public void close() {
        // What the session held goes with it.
    }

    private Device require(String interfaceName) {
        Device device = devices.get(interfaceName);
        if (device == null) {
            throw new NodeException(Reason.NO_INTERFACE, "simulated: no device is named " + interfaceName);
        }
        return device;
    }

    private static final class Device {
        private final String incarnation = "simulated/" + UUID.randomUUID();
        private final Map<WireGuardKey, WireGuardKey> presharedKeys = new LinkedHashMap<>();
        private final Map<Cidr, WireGuardKey> owners = new HashMap<>();
        private final Map<WireGuardKey, List<Cidr>> allowedIps = new HashMap<>();
        private final Map<WireGuardKey, PeerRate> rates = new HashMap<>();
        private WireGuardKey publicKey;
        private int listenPort;

        private void apply(PeerChange change) {
            if (change instanceof PeerChange.Put put) {
                put(put);
            } else {
                remove(change.publicKey());
            }
        }

        private void put(PeerChange.Put put) {
            if (!presharedKeys.containsKey(put.publicKey()) && presharedKeys.size() == MAX_PEERS) {
                throw new IllegalArgumentException("too many peers");
            }
            List<Cidr> networks = put.allowedIps().stream()
                    .map(allowedIp -> Cidr.parse(allowedIp).network())
                    .distinct()
                    .toList();
            releaseAllowedIps(put.publicKey());
            presharedKeys.put(put.publicKey(), put.presharedKey());
            for (Cidr network : networks) {
                // An allowed IP has one peer: giving it to another takes it away, silently, as WireGuard does.
                WireGuardKey loser = owners.put(network, put.publicKey());
                if (loser != null) {
                    allowedIps.get(loser).remove(network);
                }
            }
            allowedIps.put(put.publicKey(), new ArrayList<>(networks));
        }

        private void remove(WireGuardKey peer) {
            releaseAllowedIps(peer);
            presharedKeys.remove(peer);
        }

        private void releaseAllowedIps(WireGuardKey peer) {
            List<Cidr> released = allowedIps.remove(peer);
            if (released != null) {
                released.forEach(owners::remove);
            }
        }

        private InterfaceState state() {
            List<PeerState> peers = new ArrayList<>(presharedKeys.size());
            presharedKeys.forEach((peer, presharedKey) -> peers.add(new PeerState(
                    peer,
                    Optional.of(presharedKey),
                    allowedIps.get(peer).stream().map(Cidr::toString).sorted().toList(),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    0)));
            return new InterfaceState(publicKey, listenPort, peers);
        }
    }
}
