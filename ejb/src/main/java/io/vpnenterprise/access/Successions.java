package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetConfig;
import io.vpnenterprise.fleet.ServerCandidate;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.identity.UserRows;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * Moves devices to other servers without a gap: a <b>successor</b> is made first, the device is told, and the old peer goes
 * when the device was heard on the new one, or at its time. Each step is a transaction of its own.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class Successions {

    /** A device whose peer came late to its successor, since there was no room before, has this long all the same. */
    private static final int LEAST_OVERLAP_SECONDS = 60;

    /** How a peer's turn ended. */
    public enum Prepared {
        DONE,
        NO_ROOM,
        /** It has left, or has a successor already. */
        NOT_NEEDED
    }

    private record Old(
            PeerRows.Holder holder, String serverName, String region, Optional<UUID> target, OffsetDateTime leavesAt) {}

    @Inject
    Sql sql;

    @Inject
    PeerRows peers;

    @Inject
    ServerRows servers;

    @Inject
    UserRows users;

    @Inject
    FleetConfig fleet;

    /** Peers of a server that is being drained and that have no successor yet, the oldest first. */
    public List<UUID> waiting(UUID serverId, int most) {
        return sql.list("""
                SELECT id FROM peers WHERE server_id = ? AND state = 'ACTIVE' AND succeeded_by IS NULL
                ORDER BY created_at LIMIT ?""", row -> Sql.uuid(row, "id"), serverId, most);
    }

    /** Gives a peer of a server that is being drained a successor on another; the writer brings it to the host. */
    public Prepared prepare(UUID peerId) {
        Optional<Old> found = old(peerId);
        if (found.isEmpty() || !lock(found.get().holder(), peerId)) {
            return Prepared.NOT_NEEDED;
        }
        Old old = found.get();
        for (ServerCandidate server : choices(old)) {
            Optional<Integer> host = servers.takeAddress(server.id());
            if (host.isPresent()) {
                succeed(peerId, old, server, host.get());
                return Prepared.DONE;
            }
        }
        return Prepared.NO_ROOM;
    }

    /** Lets go those whose device was heard on its successor, or whose time has come. */
    public int release(int most) {
        // Not before the successor's host has confirmed it, whatever the time.
        List<UUID> leaving = sql.list("""
                SELECT o.id FROM peers o JOIN peers n ON n.id = o.succeeded_by
                WHERE o.state <> 'REMOVING' AND n.state = 'ACTIVE' AND (o.leaves_at <= now()
                    OR EXISTS (SELECT 1 FROM vpn_sessions v WHERE v.connection_id = n.id))
                ORDER BY o.id LIMIT ?""", row -> Sql.uuid(row, "id"), most);
        leaving.forEach(id -> peers.letGo(id, EndReason.DRAINED, AuditEvent.bySystem(PeerRows.DISCONNECTED)));
        return leaving.size();
    }

    private Optional<Old> old(UUID peerId) {
        return sql.first(
                """
                SELECT p.device_id, p.user_id, d.name, d.public_key, s.name AS server_name, s.region, r.target_id,
                       greatest(r.deadline, now() + least(r.deadline - r.begun_at, make_interval(secs => ?))) AS leaves_at
                FROM peers p JOIN servers s ON s.id = p.server_id JOIN devices d ON d.id = p.device_id
                JOIN drains r ON r.server_id = s.id AND r.finished_at IS NULL
                WHERE p.id = ?""",
                row -> new Old(
                        new PeerRows.Holder(
                                Sql.uuid(row, "device_id"),
                                Sql.uuid(row, "user_id"),
                                row.getString("name"),
                                row.getString("public_key")),
                        row.getString("server_name"),
                        row.getString("region"),
                        Optional.ofNullable(Sql.uuid(row, "target_id")),
                        Sql.time(row, "leaves_at").orElseThrow()),
                LEAST_OVERLAP_SECONDS,
                peerId);
    }

    /** In the order of {@link PeerRows#reserve}; false when the member left or moved meanwhile. */
    private boolean lock(PeerRows.Holder holder, UUID peerId) {
        users.requireActive(holder.userId());
        sql.first("SELECT 1 FROM devices WHERE id = ? FOR UPDATE", row -> true, holder.deviceId());
        return peers.findLive(holder.deviceId())
                .filter(live -> live.id().equals(peerId))
                .isPresent();
    }

    /** The target first, then where the platform would send the member. */
    private List<ServerCandidate> choices(Old old) {
        List<ServerCandidate> candidates = servers.candidates();
        Optional<ServerCandidate> target = candidates.stream()
                .filter(server -> old.target().filter(server.id()::equals).isPresent() && server.available())
                .findFirst();
        Optional<ServerCandidate> best =
                fleet.selection(Optional.of(old.region())).pick(candidates, ThreadLocalRandom.current());
        return Stream.concat(target.stream(), best.stream()).toList();
    }

    private void succeed(UUID peerId, Old old, ServerCandidate server, int host) {
        UUID successor = UUID.randomUUID();
        // The old one first: a device has one peer that was not succeeded.
        sql.update("UPDATE peers SET succeeded_by = ?, leaves_at = ? WHERE id = ?", successor, old.leavesAt(), peerId);
        // Those that it had succeeded itself, and whose device did not come: to the newest, too.
        sql.update("UPDATE peers SET succeeded_by = ? WHERE succeeded_by = ?", successor, peerId);
        AuditEvent told = AuditEvent.bySystem("vpn.rehomed")
                .of(AuditEvent.Severity.WARNING)
                .concerning(old.holder().userId())
                .with("from", old.serverName())
                .with("until", old.leavesAt());
        peers.insert(told, successor, old.holder(), server, host);
    }
}
