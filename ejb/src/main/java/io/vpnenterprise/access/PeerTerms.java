package io.vpnenterprise.access;

import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The short transactions that hold peers to what their members may have: how many, how fast, for how long. */
@Stateless
public class PeerTerms {

    @Inject
    Sql sql;

    @Inject
    Allowances allowances;

    @Inject
    ServerRows servers;

    @Inject
    PeerRows peers;

    @Inject
    AccessConfig config;

    /** A live peer, and what it is held to. */
    public record Held(
            UUID id,
            UUID serverId,
            UUID nodeId,
            UUID userId,
            Optional<Integer> kbitPerSecond,
            Optional<OffsetDateTime> endsAt,
            Optional<OffsetDateTime> expiresAt) {}

    /** A peer whose end is near. */
    public record Due(UUID id, UUID nodeId, Duration in) {}

    /**
     * Keeps a member's requests for further connections waiting for each other until the transaction ends, and refuses one
     * too many. Whoever comes here holds his account's row and his device's, and no server's.
     *
     * @param device not counted: it moves
     * @throws VpnException {@code CONNECTION_LIMIT_REACHED}, {@code ACCESS_ENDED}
     */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void requireRoom(UUID userId, UUID device) {
        sql.lock("connections/" + userId);
        Allowance allowance = allowances.of(userId);
        if (allowance
                .accessEndsAt()
                .filter(end -> !end.isAfter(OffsetDateTime.now()))
                .isPresent()) {
            throw new VpnException(AccessError.ACCESS_ENDED);
        }
        long others = sql.first("""
                        SELECT count(*) FROM peers
                        WHERE user_id = ? AND state <> 'REMOVING' AND succeeded_by IS NULL AND device_id <> ?""", row -> row.getLong(1), userId, device).orElseThrow();
        if (others >= allowance.connections()) {
            throw new VpnException(
                    AccessError.CONNECTION_LIMIT_REACHED,
                    "at most " + allowance.connections() + "; GET /api/vpn/status lists them");
        }
    }

    /** Holds a new peer to what its member may have, and to the end of the one that it succeeds. */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void settle(UUID peerId, UUID userId) {
        Allowance allowance = allowances.of(userId);
        sql.update(
                "UPDATE peers SET kbit_per_second = ? WHERE id = ?",
                allowance.kbitPerSecond().orElse(null),
                peerId);
        setEnd(peerId, allowance, Optional.empty());
    }

    /** Gives a peer an end of its own, anew; never beyond the longest life. */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void end(UUID peerId, UUID userId, Duration in) {
        setEnd(peerId, allowances.of(userId), Optional.of(in));
    }

    /** Live peers, of one user, of an organisation's members, or of all. */
    public List<Held> ofUser(UUID userId) {
        return held(" AND p.user_id = ?", userId);
    }

    public List<Held> ofOrganisation(UUID organisationId) {
        return held(
                " AND p.user_id IN (SELECT user_id FROM organisation_members WHERE organisation_id = ?)",
                organisationId);
    }

    public List<Held> all() {
        return held("");
    }

    /** Holds peers of one server to what they are to be held to. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void change(UUID serverId, List<Held> wanted) {
        // Against all who write peers there: several are locked next, in no order of theirs.
        servers.lockAlone(serverId);
        sql.updateAll(
                """
                UPDATE peers SET version = version + CASE WHEN kbit_per_second IS DISTINCT FROM ?::integer THEN 1 ELSE 0 END,
                    kbit_per_second = ?::integer, expires_at = least(ends_at, ?::timestamptz)
                WHERE id = ? AND state <> 'REMOVING'""",
                wanted.stream()
                        .map(peer -> Arrays.<Object>asList(
                                peer.kbitPerSecond().orElse(null),
                                peer.kbitPerSecond().orElse(null),
                                peer.expiresAt().orElse(null),
                                peer.id()))
                        .toList());
    }

    /** Those that end within a time, and those that should have ended. */
    public List<Due> due(Duration within, int most) {
        return sql.list(
                """
                SELECT p.id, s.node_id, extract(epoch FROM p.expires_at - clock_timestamp()) * 1000 AS millis
                FROM peers p JOIN servers s ON s.id = p.server_id
                WHERE p.state <> 'REMOVING' AND p.expires_at <= clock_timestamp() + make_interval(secs => ?)
                ORDER BY p.expires_at LIMIT ?""",
                row -> new Due(Sql.uuid(row, "id"), Sql.uuid(row, "node_id"), Duration.ofMillis(Math.max(0, (long)
                        Math.ceil(row.getDouble("millis"))))),
                within.toMillis() / 1e3,
                most);
    }

    /** Ends a connection whose instant has come; false when it has another by now, or ended otherwise. */
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public boolean expire(UUID peerId) {
        boolean over = sql.first(
                        "SELECT 1 FROM peers WHERE id = ? AND state <> 'REMOVING' AND expires_at <= clock_timestamp()",
                        row -> true,
                        peerId)
                .isPresent();
        return over && peers.letGo(peerId, EndReason.EXPIRED, AuditEvent.bySystem(PeerRows.DISCONNECTED));
    }

    /** What of these peers is held otherwise than their members' allowances say, as it is to be; by server. */
    public Map<UUID, List<Held>> differing(List<Held> held) {
        Map<UUID, Allowance> allowed =
                allowances.of(held.stream().map(Held::userId).collect(Collectors.toSet()));
        return held.stream()
                .flatMap(peer -> differing(peer, allowed.get(peer.userId())).stream())
                .collect(Collectors.groupingBy(Held::serverId));
    }

    private static Optional<Held> differing(Held peer, Allowance allowance) {
        Optional<OffsetDateTime> end = sooner(peer.endsAt(), allowance.accessEndsAt());
        boolean same = peer.kbitPerSecond().equals(allowance.kbitPerSecond())
                && peer.expiresAt().map(OffsetDateTime::toInstant).equals(end.map(OffsetDateTime::toInstant));
        return same
                ? Optional.empty()
                : Optional.of(new Held(
                        peer.id(),
                        peer.serverId(),
                        peer.nodeId(),
                        peer.userId(),
                        allowance.kbitPerSecond(),
                        peer.endsAt(),
                        allowance.accessEndsAt()));
    }

    private static Optional<OffsetDateTime> sooner(Optional<OffsetDateTime> one, Optional<OffsetDateTime> other) {
        return one.isEmpty() || other.isEmpty()
                ? one.or(() -> other)
                : Optional.of(one.get().isBefore(other.get()) ? one.get() : other.get());
    }

    private void setEnd(UUID peerId, Allowance allowance, Optional<Duration> in) {
        sql.update(
                """
                UPDATE peers SET ends_at = e.ends_at, expires_at = least(e.ends_at, ?::timestamptz)
                FROM (SELECT p.id, least(coalesce(now() + make_interval(secs => ?::float8), min(o.ends_at)),
                                         p.created_at + make_interval(secs => ?::float8)) AS ends_at
                      FROM peers p LEFT JOIN peers o ON o.succeeded_by = p.id WHERE p.id = ? GROUP BY p.id) e
                WHERE peers.id = e.id""",
                allowance.accessEndsAt().orElse(null),
                in.map(Duration::toSeconds).orElse(null),
                config.connectionLife().map(Duration::toSeconds).orElse(null),
                peerId);
    }

    private List<Held> held(String which, Object... arguments) {
        return sql.list(
                """
                SELECT p.id, p.server_id, s.node_id, p.user_id, p.kbit_per_second, p.ends_at, p.expires_at
                FROM peers p JOIN servers s ON s.id = p.server_id WHERE p.state <> 'REMOVING'""" + which,
                row -> new Held(
                        Sql.uuid(row, "id"),
                        Sql.uuid(row, "server_id"),
                        Sql.uuid(row, "node_id"),
                        Sql.uuid(row, "user_id"),
                        Optional.ofNullable(row.getObject("kbit_per_second", Integer.class)),
                        Sql.time(row, "ends_at"),
                        Sql.time(row, "expires_at")),
                arguments);
    }
}
