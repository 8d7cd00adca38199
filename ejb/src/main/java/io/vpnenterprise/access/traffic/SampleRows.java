package io.vpnenterprise.access.traffic;

import io.vpnenterprise.access.PeersAdopted;
import io.vpnenterprise.node.PeerSample;
import io.vpnenterprise.node.PeerSamples;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Takes samples: one transaction moves the counters, the totals and the sessions, so that samples are taken whole or come
 * again. Samples that are not newer than what was taken change nothing.
 */
@Stateless
public class SampleRows {

    private static final String INSERT_COUNTER = """
            INSERT INTO peer_counters (server_id, public_key, user_id, device_id, incarnation, sampler, life,
                                       received, sent, handshake_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, '')::timestamptz)
            ON CONFLICT (server_id, public_key) DO UPDATE SET
                user_id = excluded.user_id, device_id = excluded.device_id, incarnation = excluded.incarnation,
                sampler = excluded.sampler, life = excluded.life, received = excluded.received,
                sent = excluded.sent, handshake_at = excluded.handshake_at""";

    @Inject
    Sql sql;

    @Inject
    SessionRows sessions;

    /** Whose peer it is; no connection when only its counters are left. */
    record Owner(UUID userId, UUID deviceId, String deviceName, Optional<UUID> connectionId) {}

    /** What was known before. */
    record Before(Counter counter, Optional<OffsetDateTime> handshakeAt, Owner owner) {}

    /** A peer's sample, what it adds, and whether its handshake is a new one. */
    record Moved(PeerSample sample, Owner owner, Counter counter, Counter.Growth growth, boolean newHandshake) {}

    /** What the samples of one server changed. */
    public record Taken(UUID serverId, Set<UUID> users, long uploaded, long downloaded) {}

    /** @return empty, with nothing changed, when the server is gone or newer samples were taken before */
    public Optional<Taken> take(PeerSamples samples) {
        return serverOf(samples).filter(serverId -> advance(serverId, samples)).map(serverId -> {
            List<Moved> moved = moved(serverId, samples);
            write(serverId, moved);
            add(serverId, YearMonth.from(samples.at().atOffset(ZoneOffset.UTC)), moved);
            sessions.take(serverId, samples, moved);
            return taken(serverId, moved);
        });
    }

    /** What adopted peers have counted before is nobody's: counting goes on from there. */
    public void begin(@Observes PeersAdopted adopted) {
        // Whoever reads them first did not see these numbers' zero: life 0 continues them for any sampler.
        UUID sampler = UUID.randomUUID();
        sql.updateAll(
                INSERT_COUNTER,
                adopted.peers().stream()
                        .map(peer -> counterRow(
                                adopted.serverId(),
                                peer.found().publicKey(),
                                peer.userId(),
                                peer.deviceId(),
                                new Counter(
                                        adopted.incarnation(),
                                        sampler,
                                        0,
                                        peer.found().received(),
                                        peer.found().sent()),
                                peer.found().latestHandshake()))
                        .toList());
    }

    private static List<Object> counterRow(
            UUID serverId, WireGuardKey key, UUID userId, UUID deviceId, Counter counter, Optional<Instant> handshake) {
        return List.of(
                serverId,
                key.base64(),
                userId,
                deviceId,
                counter.incarnation(),
                counter.sampler(),
                counter.life(),
                counter.received(),
                counter.sent(),
                handshake.map(SampleRows::truncated).map(Instant::toString).orElse(""));
    }

    private Optional<UUID> serverOf(PeerSamples samples) {
        return sql.first(
                "SELECT id FROM servers WHERE node_id = ? AND interface_name = ?",
                row -> Sql.uuid(row, "id"),
                samples.nodeId(),
                samples.interfaceName());
    }

    /** Locks out other samples of the server; false when these are not newer. */
    private boolean advance(UUID serverId, PeerSamples samples) {
        return sql.update(
                        """
                        INSERT INTO traffic_cursors AS c (server_id, epoch, sequence, sampled_at) VALUES (?, ?, ?, ?)
                        ON CONFLICT (server_id) DO UPDATE SET
                            epoch = excluded.epoch, sequence = excluded.sequence, sampled_at = excluded.sampled_at
                        WHERE (excluded.epoch, excluded.sequence) > (c.epoch, c.sequence)""",
                        serverId,
                        samples.epoch(),
                        samples.sequence(),
                        samples.at().atOffset(ZoneOffset.UTC))
                == 1;
    }

    private List<Moved> moved(UUID serverId, PeerSamples samples) {
        Map<String, Before> before = before(serverId, keys(samples.peers()));
        // Nothing is said of a peer that was never there: a device that was made anew has thousands.
        List<PeerSample> heard = samples.peers().stream()
                .filter(peer -> before.containsKey(peer.publicKey().base64()) || wasHeardFrom(peer))
                .toList();
        Map<String, Owner> owners = owners(serverId, keys(heard));
        before.forEach((key, last) -> owners.putIfAbsent(key, last.owner()));
        Set<UUID> users = lockUsers(owners);

        List<Moved> moved = new ArrayList<>();
        for (PeerSample peer : heard) {
            Owner owner = owners.get(peer.publicKey().base64());
            // A stranger's traffic is nobody's; neither is that of an account that has gone.
            if (owner != null && users.contains(owner.userId())) {
                moved.add(moved(
                        samples,
                        peer,
                        owner,
                        Optional.ofNullable(before.get(peer.publicKey().base64()))));
            }
        }
        return moved;
    }

    private static Set<String> keys(List<PeerSample> peers) {
        return peers.stream().map(peer -> peer.publicKey().base64()).collect(Collectors.toSet());
    }

    private static Moved moved(PeerSamples samples, PeerSample peer, Owner owner, Optional<Before> before) {
        Counter counter =
                new Counter(samples.incarnation(), samples.sampler(), peer.life(), peer.received(), peer.sent());
        Optional<Instant> last = before.flatMap(Before::handshakeAt).map(OffsetDateTime::toInstant);
        boolean newHandshake = peer.latestHandshake()
                .map(handshake -> last.map(truncated(handshake)::isAfter).orElse(true))
                .orElse(false);
        return new Moved(peer, owner, counter, counter.since(before.map(Before::counter)), newHandshake);
    }

    private static boolean wasHeardFrom(PeerSample peer) {
        return peer.latestHandshake().isPresent() || peer.received() > 0 || peer.sent() > 0;
    }

    private Map<String, Before> before(UUID serverId, Set<String> keys) {
        Map<String, Before> before = new HashMap<>();
        sql.list(
                "SELECT * FROM peer_counters WHERE server_id = ? AND public_key = ANY (?)",
                row -> before.put(row.getString("public_key"), before(row)),
                serverId,
                keys);
        return before;
    }

    /** By key, since that is what a host knows; of several rows the one that is not going, or went last. */
    private Map<String, Owner> owners(UUID serverId, Set<String> keys) {
        Map<String, Owner> owners = new HashMap<>();
        sql.list("""
                SELECT DISTINCT ON (p.public_key) p.public_key, p.id, p.user_id, p.device_id, p.state,
                       coalesce(d.name, '') AS device_name
                FROM peers p LEFT JOIN devices d ON d.id = p.device_id
                WHERE p.server_id = ? AND p.public_key = ANY (?)
                ORDER BY p.public_key, p.state = 'REMOVING', p.created_at DESC""", row -> owners.put(row.getString("public_key"), owner(row)), serverId, keys);
        return owners;
    }

    /** Before anything that refers to them, in one order, as whoever deletes an account does. */
    private Set<UUID> lockUsers(Map<String, Owner> owners) {
        Set<UUID> ids = new HashSet<>();
        owners.values().forEach(owner -> ids.add(owner.userId()));
        return ids.isEmpty()
                ? Set.of()
                : new HashSet<>(sql.list(
                        "SELECT id FROM users WHERE id = ANY (?) ORDER BY id FOR KEY SHARE",
                        row -> Sql.uuid(row, "id"),
                        ids));
    }

    private void write(UUID serverId, List<Moved> moved) {
        sql.updateAll(
                INSERT_COUNTER,
                moved.stream()
                        .map(peer -> counterRow(
                                serverId,
                                peer.sample().publicKey(),
                                peer.owner().userId(),
                                peer.owner().deviceId(),
                                peer.counter(),
                                peer.sample().latestHandshake()))
                        .toList());
    }

    private void add(UUID serverId, YearMonth month, List<Moved> moved) {
        List<List<Object>> rows = new ArrayList<>();
        for (Moved peer : moved) {
            if (!peer.growth().isNone()) {
                rows.add(List.of(
                        peer.owner().userId(),
                        month.atDay(1),
                        peer.owner().deviceId(),
                        serverId,
                        peer.growth().received(),
                        peer.growth().sent()));
            }
        }
        sql.updateAll("""
                INSERT INTO traffic_usage AS u (user_id, month, device_id, server_id, uploaded, downloaded)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (user_id, month, device_id, server_id) DO UPDATE SET
                    uploaded = u.uploaded + excluded.uploaded, downloaded = u.downloaded + excluded.downloaded""", rows);
    }

    private static Taken taken(UUID serverId, List<Moved> moved) {
        Set<UUID> users = new HashSet<>();
        long uploaded = 0;
        long downloaded = 0;
        for (Moved peer : moved) {
            if (!peer.growth().isNone()) {
                users.add(peer.owner().userId());
                uploaded += peer.growth().received();
                downloaded += peer.growth().sent();
            }
        }
        return new Taken(serverId, users, uploaded, downloaded);
    }

    /** As the database keeps it. */
    static Instant truncated(Instant handshake) {
        return handshake.truncatedTo(java.time.temporal.ChronoUnit.MICROS);
    }

    private static Before before(ResultSet row) throws SQLException {
        return new Before(
                new Counter(
                        row.getString("incarnation"),
                        Sql.uuid(row, "sampler"),
                        row.getLong("life"),
                        row.getLong("received"),
                        row.getLong("sent")),
                Sql.time(row, "handshake_at"),
                new Owner(Sql.uuid(row, "user_id"), Sql.uuid(row, "device_id"), "", Optional.empty()));
    }

    private static Owner owner(ResultSet row) throws SQLException {
        boolean going = row.getString("state").equals("REMOVING");
        return new Owner(
                Sql.uuid(row, "user_id"),
                Sql.uuid(row, "device_id"),
                row.getString("device_name"),
                going ? Optional.empty() : Optional.of(Sql.uuid(row, "id")));
    }
}
