package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * <b>Simulated</b>: interfaces in memory that follow a device's rules and carry no traffic, so every handshake is empty and
 * every counter is 0. They live as long as the resource adapter.
 */
final class SimulatedDriver implements DeviceDriver {

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
            if (!name.equals(spec.name()) && other.spec.listenPort() == spec.listenPort()) {
                throw new NodeException(Reason.REFUSED, "simulated: UDP port " + spec.listenPort() + " is in use");
            }
        });
        Device device = devices.computeIfAbsent(spec.name(), name -> new Device());
        device.spec = spec;
    }

    @Override
    public void removeInterface(String interfaceName, Deadline deadline) {
        devices.remove(interfaceName);
    }

    @Override
    public Optional<String> send(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        PeerTable peers = require(interfaceName).peers;
        for (PeerChange change : changes) {
            if (change instanceof PeerChange.Put put) {
                if (!peers.contains(put.publicKey()) && peers.size() == PeerTable.MAX_PEERS) {
                    // As a device: what came before stays.
                    return Optional.of("simulated: too many peers");
                }
                peers.put(put.publicKey(), put.presharedKey(), Networks.parse(put.allowedIps()));
            } else {
                peers.remove(change.publicKey());
            }
        }
        return Optional.empty();
    }

    @Override
    public DevicePeers peers(String interfaceName, Deadline deadline) {
        Device device = require(interfaceName);
        PeerTable copy = new PeerTable();
        device.peers.each((key, peer) -> copy.put(key, peer.presharedKey(), peer.allowedIps()));
        return new DevicePeers(Optional.of(device.publicKey()), device.spec.listenPort(), copy);
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
    public Described describe(String interfaceName, Deadline deadline) {
        Device device = require(interfaceName);
        return new Described(device.spec, device.peerStates());
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
        private final PeerTable peers = new PeerTable();
        private final Map<WireGuardKey, PeerRate> rates = new HashMap<>();
        private InterfaceSpec spec;

        private WireGuardKey publicKey() {
            return Curve25519.publicKeyOf(spec.privateKey());
        }

        private InterfaceState state() {
            return new InterfaceState(publicKey(), spec.listenPort(), peerStates());
        }

        private List<PeerState> peerStates() {
            List<PeerState> states = new ArrayList<>(peers.size());
            peers.each((key, peer) -> states.add(new PeerState(
                    key,
                    Optional.of(peer.presharedKey()).filter(presharedKey -> !presharedKey.equals(WireGuardKey.NONE)),
                    peer.allowedIps().texts(),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    0)));
            return states;
        }
    }
}
