package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetConfig;
import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.ServerCandidate;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * The main job: connects a member's device to a server, and disconnects it.
 *
 * <p>Database, host, database: a member is never told "connected" before the host has the peer, and no failure leaves a
 * peer that nobody remembers. What a crash leaves in between, {@link Reconciliation} finishes.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Connections {

    private static final Logger LOG = Logger.getLogger(Connections.class.getName());

    /**
     * Reservations at a time. Those of one server wait for each other anyway; if all waited in the database, they would
     * hold every connection to it, and the writer whom they wait for next would be the last to get one.
     */
    private static final Semaphore RESERVATIONS = new Semaphore(8, true);

    private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);
    private static final Duration LONGEST_LIFE = Duration.ofDays(366);

    @Inject
    Devices devices;

    @Inject
    PeerKeys keys;

    @Inject
    PeerRows peers;

    @Inject
    PeerWriter writer;

    @Inject
    ConnectionLog log;

    @Inject
    ServerRows servers;

    @Inject
    Secrets secrets;

    @Inject
    AccessConfig config;

    @Inject
    FleetConfig fleet;

    @Inject
    Metrics metrics;

    @Inject
    @Any
    Instance<ConnectGate> gates;

    /**
     * Connects a device, and returns what its client needs once the host has confirmed the peer. A device has one
     * connection: where it is already, it gets the same configuration again; from elsewhere it moves.
     *
     * @param serverId empty: the platform chooses
     * @param region preferred when the platform chooses
     * @param ticket opens the private key of a pair that we made
     * @param lasting from now on, then the connection ends; 1 second to 366 days. Empty: an end that it has stays
     */
    public ClientConfig connect(
            Caller caller,
            UUID deviceId,
            Optional<UUID> serverId,
            Optional<String> region,
            Optional<String> ticket,
            Optional<Duration> lasting) {
        long began = System.nanoTime();
        fleet.requireRegion(region);
        lasting.ifPresent(Connections::requireLife);
        Device device = devices.require(caller, deviceId);
        gates.forEach(gate -> gate.admit(device.userId()));
        Optional<String> privateKey = ticket.map(opened -> devices.privateKey(caller, device, opened));
        PeerRows.Reserved reserved = reserve(caller, device, serverId, region, lasting);
        Peer peer = reserved.peer();
        if (peer.state() == Peer.State.PENDING) {
            write(caller, peer);
        } else {
            peers.noteShown(caller, peer);
        }
        metrics.connected("ok", Duration.ofNanos(System.nanoTime() - began).toNanos() / 1e9);
        LOG.log(Level.INFO, "user {0} connected device {1} to server {2} as {3}", new Object[] {
            caller.userId(), deviceId, peer.serverId(), peer.id()
        });
        return configOf(device, peer, reserved.server(), privateKey);
    }

    /**
     * Ends a connection. It is over for the member at once, whatever the host says.
     *
     * @return whether the host has confirmed that the peer is gone; if not, it goes as soon as the host answers
     */
    public boolean disconnect(Caller caller, UUID connectionId) {
        Peer peer = requirePeer(caller, connectionId);
        return end(caller, peer, EndReason.DISCONNECTED);
    }

    /** As {@link #disconnect}, by the device. */
    public boolean disconnectDevice(Caller caller, UUID deviceId) {
        Device device = devices.require(caller, deviceId);
        Peer peer = peers.findLive(device.id())
                .orElseThrow(() -> new VpnException(AccessError.CONNECTION_NOT_FOUND, deviceId.toString()));
        return end(caller, peer, EndReason.DISCONNECTED);
    }

    /** Removes a device and what it has on a host. */
    public void removeDevice(Caller caller, UUID deviceId) {
        Device device = devices.require(caller, deviceId);
        peers.findLive(device.id()).ifPresent(peer -> end(caller, peer, EndReason.DEVICE_REMOVED));
        devices.remove(caller, device);
        // Its server may have been drained meanwhile, which gave it another peer.
        peers.findLive(device.id()).ifPresent(peer -> end(caller, peer, EndReason.DEVICE_REMOVED));
        LOG.log(Level.INFO, "user {0} removed device {1}", new Object[] {caller.userId(), deviceId});
    }

    /** Ends all that a member has, at nobody's wish; hosts let go as soon as they answer. */
    public void endAll(UUID userId, EndReason reason) {
        peers.letGoAll(userId, reason).forEach(writer::wake);
    }

    /**
     * Waits until no host has anything left of an account that was shut out or deleted.
     *
     * @return false after the deadline: the rest goes as soon as its host answers
     */
    public boolean awaitGone(UUID userId) {
        return allGone(peers.leaving(userId));
    }

    /** The configuration of a connection that is there; the private key only with its ticket. */
    public ClientConfig config(Caller caller, UUID connectionId, Optional<String> ticket) {
        Peer peer = requirePeer(caller, connectionId);
        Device device = devices.require(caller, peer.deviceId());
        Optional<String> privateKey = ticket.map(opened -> devices.privateKey(caller, device, opened));
        peers.noteShown(caller, peer);
        return configOf(device, peer, servers.require(peer.serverId()), privateKey);
    }

    /**
     * Gives a connection a fresh preshared key in place, and returns the configuration that has it once the host has it. The
     * tunnel stands still until the client has it too: no client of WireGuard learns a key by itself.
     *
     * @throws VpnException {@code ROTATION_UNDER_WAY}; {@code NOT_CONFIRMED} and what the node says: the host gets the key
     *     when it answers, and the configuration can be fetched already
     */
    public ClientConfig rotate(Caller caller, UUID connectionId, Optional<String> ticket) {
        Peer peer = requirePeer(caller, connectionId);
        keys.renew(peer.id(), AuditEvent.by(caller, PeerKeys.ROTATED));
        LOG.log(Level.INFO, "connection {0} gets a fresh preshared key", peer.id());
        requireActive(writer.write(peer, config.applyDeadline()));
        return config(caller, connectionId, ticket);
    }

    /**
     * Gives a device another key pair, its own or one that we make. A live connection of it moves along: its host lets go of
     * the old key and takes the new one in one step.
     */
    public Rekeyed rekey(Caller caller, UUID deviceId, String publicKey) {
        NewDevice changed = devices.changeKey(caller, devices.require(caller, deviceId), publicKey);
        LOG.log(Level.INFO, "user {0} changed the key of device {1}", new Object[] {caller.userId(), deviceId});
        return new Rekeyed(
                changed, peers.findLive(deviceId).map(this::isConfirmed).orElse(true));
    }

    /** @param confirmed whether the host has it; if not yet, it gets it as soon as it answers */
    public record Rekeyed(NewDevice device, boolean confirmed) {}

    private boolean isConfirmed(Peer peer) {
        try {
            requireActive(writer.write(peer, config.applyDeadline()));
            return true;
        } catch (VpnException e) {
            LOG.log(Level.WARNING, "peer {0} is left to be changed: {1}", new Object[] {peer.id(), e.getMessage()});
            return false;
        }
    }

    /** The connections that the caller has now. */
    public List<Connection> live(Caller caller) {
        return log.live(caller.userId());
    }

    /** All that the caller ever had, the newest first. */
    public Page<Connection> history(Caller caller, Page.Request request) {
        return log.page(caller.userId(), request);
    }

    private static void requireLife(Duration lasting) {
        if (lasting.compareTo(SHORTEST_LIFE) < 0 || lasting.compareTo(LONGEST_LIFE) > 0) {
            throw VpnException.ofField(AccessError.INVALID_TTL, "ttlSeconds", null);
        }
    }

    private PeerRows.Reserved reserve(
            Caller caller,
            Device device,
            Optional<UUID> serverId,
            Optional<String> region,
            Optional<Duration> lasting) {
        try {
            if (!RESERVATIONS.tryAcquire(config.applyDeadline().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new VpnException(FleetError.NODE_BUSY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VpnException(FleetError.NODE_BUSY);
        }
        try {
            return peers.reserve(caller, device, serverId, region, lasting);
        } finally {
            RESERVATIONS.release();
        }
    }

    private void write(Caller caller, Peer peer) {
        try {
            requireActive(writer.write(peer, config.applyDeadline()));
        } catch (VpnException e) {
            // The host may have it or not: from now on it must not, and the writer sees to that.
            peers.letGo(peer.id(), EndReason.NOT_CONFIRMED, AuditEvent.by(caller, PeerRows.DISCONNECTED));
            writer.wake(peer.nodeId());
            metrics.connected(e.code().name(), 0);
            throw e;
        }
    }

    private static void requireActive(PeerWriter.Outcome outcome) {
        switch (outcome) {
            case ACTIVE -> {}
            case GONE -> throw new VpnException(AccessError.ENDED_MEANWHILE);
            case REFUSED -> throw new VpnException(AccessError.PEER_REFUSED);
        }
    }

    private boolean end(Caller caller, Peer peer, EndReason reason) {
        List<Peer> leaving = Stream.concat(Stream.of(peer), peers.predecessors(peer.id()).stream())
                .toList();
        peers.letGo(peer.id(), reason, AuditEvent.by(caller, PeerRows.DISCONNECTED));
        LOG.log(Level.INFO, "connection {0} ended: {1}", new Object[] {peer.id(), reason.label()});
        return allGone(leaving);
    }

    private boolean allGone(List<Peer> leaving) {
        // All hosts at once; the waiting is one after the other.
        leaving.stream().map(Peer::nodeId).distinct().forEach(writer::wake);
        long deadline = System.nanoTime() + config.applyDeadline().toNanos();
        return leaving.stream()
                .allMatch(peer -> gone(peer, Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
    }

    private boolean gone(Peer peer, Duration deadline) {
        try {
            return writer.write(peer, deadline) == PeerWriter.Outcome.GONE;
        } catch (VpnException e) {
            LOG.log(Level.WARNING, "peer {0} is left to be removed: {1}", new Object[] {peer.id(), e.getMessage()});
            return false;
        }
    }

    private Peer requirePeer(Caller caller, UUID connectionId) {
        return peers.findLiveOf(caller.userId(), connectionId)
                .orElseThrow(() -> new VpnException(AccessError.CONNECTION_NOT_FOUND, String.valueOf(connectionId)));
    }

    private ClientConfig configOf(Device device, Peer peer, ServerCandidate server, Optional<String> privateKey) {
        Optional<String> presharedKey = Optional.of(
                        WireGuardKey.of(secrets.open(peer.sealedPresharedKey(), peer.presharedKeyPurpose())))
                .filter(key -> !key.equals(WireGuardKey.NONE))
                .map(WireGuardKey::base64);
        return ClientConfig.of(device, peer, server, presharedKey, privateKey, config.dns());
    }
}
