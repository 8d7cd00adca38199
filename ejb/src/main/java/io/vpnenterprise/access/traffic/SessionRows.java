package io.vpnenterprise.access.traffic;

import io.vpnenterprise.access.ConnectionEnded;
import io.vpnenterprise.node.PeerSamples;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Begins, prolongs and ends sessions, in the transaction of whoever calls. */
@ApplicationScoped
class SessionRows {

    /** How long a session may have been begun after its connection ended, by samples that were read before. */
    private static final Duration LATE = Duration.ofMinutes(5);

    static final String SILENT = "silent";

    @Inject
    Sql sql;

    @Inject
    TrafficConfig config;

    private record Open(UUID id, Instant handshake) {}

    /** What the samples say of the server's sessions, and what their time says of the silent ones. */
    void take(UUID serverId, PeerSamples samples, List<SampleRows.Moved> moved) {
        Map<UUID, Open> open = open(moved);
        List<List<Object>> prolonged = new ArrayList<>();
        for (SampleRows.Moved peer : moved) {
            Optional<UUID> connection = peer.owner().connectionId();
            if (connection.isEmpty()) {
                continue;
            }
            Optional<Open> session = Optional.ofNullable(open.get(connection.get()));
            if (session.isPresent() && wasSilent(session.get(), peer)) {
                end(session.get());
                session = Optional.empty();
            }
            if (session.isPresent()) {
                prolonged.add(List.of(
                        handshake(peer).orElse(session.get().handshake()).toString(),
                        peer.growth().received(),
                        peer.growth().sent(),
                        session.get().id()));
            } else if (peer.newHandshake() && isFresh(peer, samples.at())) {
                begin(serverId, connection.get(), peer);
            }
        }
        sql.updateAll("""
                UPDATE vpn_sessions SET latest_handshake_at = greatest(latest_handshake_at, ?::timestamptz),
                       uploaded = uploaded + ?, downloaded = downloaded + ?
                WHERE id = ?""", prolonged);
        // Whatever changed comes before the last part of it, and that one is not full.
        if (samples.peers().size() < PeerSamples.MAX_PEERS) {
            endSilent(serverId, samples.at());
        }
    }

    /** A connection is over, and with it its session. */
    void end(@Observes ConnectionEnded ended) {
        sql.update(
                "UPDATE vpn_sessions SET ended_at = now(), end_reason = ? WHERE connection_id = ? AND ended_at IS NULL",
                ended.reason(),
                ended.connectionId());
    }

    private Map<UUID, Open> open(List<SampleRows.Moved> moved) {
        List<UUID> connections = moved.stream()
                .flatMap(peer -> peer.owner().connectionId().stream())
                .toList();
        Map<UUID, Open> open = new HashMap<>();
        if (!connections.isEmpty()) {
            sql.list(
                    """
                    SELECT id, connection_id, latest_handshake_at FROM vpn_sessions
                    WHERE connection_id = ANY (?) AND ended_at IS NULL FOR UPDATE""",
                    row -> open.put(
                            Sql.uuid(row, "connection_id"),
                            new Open(
                                    Sql.uuid(row, "id"),
                                    Sql.time(row, "latest_handshake_at")
                                            .orElseThrow()
                                            .toInstant())),
                    connections);
        }
        return open;
    }

    /** Nobody sampled meanwhile, or it would have been ended. */
    private boolean wasSilent(Open session, SampleRows.Moved peer) {
        return handshake(peer)
                .filter(handshake -> handshake.isAfter(session.handshake().plus(config.silence())))
                .isPresent();
    }

    private boolean isFresh(SampleRows.Moved peer, Instant at) {
        return handshake(peer)
                .filter(handshake -> handshake.isAfter(at.minus(config.silence())))
                .isPresent();
    }

    private void begin(UUID serverId, UUID connectionId, SampleRows.Moved peer) {
        OffsetDateTime handshake = handshake(peer).orElseThrow().atOffset(ZoneOffset.UTC);
        sql.update(
                """
                INSERT INTO vpn_sessions (id, connection_id, user_id, device_id, device_name, server_id, server_name,
                                          began_at, latest_handshake_at, uploaded, downloaded)
                SELECT gen_random_uuid(), ?, ?, ?, ?, s.id, s.name, ?, ?, ?, ? FROM servers s WHERE s.id = ?
                ON CONFLICT DO NOTHING""",
                connectionId,
                peer.owner().userId(),
                peer.owner().deviceId(),
                peer.owner().deviceName(),
                handshake,
                handshake,
                peer.growth().received(),
                peer.growth().sent(),
                serverId);
    }

    private void end(Open session) {
        sql.update("""
                UPDATE vpn_sessions SET ended_at = latest_handshake_at + make_interval(secs => ?), end_reason = ?
                WHERE id = ?""", config.silence().toSeconds(), SILENT, session.id());
    }

    private void endSilent(UUID serverId, Instant at) {
        sql.update(
                """
                UPDATE vpn_sessions SET ended_at = latest_handshake_at + make_interval(secs => ?), end_reason = ?
                WHERE server_id = ? AND ended_at IS NULL AND latest_handshake_at < ?""",
                config.silence().toSeconds(),
                SILENT,
                serverId,
                at.minus(config.silence()).atOffset(ZoneOffset.UTC));
        sql.update("""
                UPDATE vpn_sessions s SET ended_at = c.disconnected_at, end_reason = c.end_reason FROM connections c
                WHERE s.server_id = ? AND s.ended_at IS NULL AND s.began_at > ?
                  AND c.id = s.connection_id AND c.disconnected_at IS NOT NULL""", serverId, at.minus(LATE).atOffset(ZoneOffset.UTC));
    }

    private static Optional<Instant> handshake(SampleRows.Moved peer) {
        return peer.sample().latestHandshake().map(SampleRows::truncated);
    }
}
