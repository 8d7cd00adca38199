package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.node.PeerDigest;
import io.vpnenterprise.node.RangeDigest;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The short transactions of {@link Reconciliation} and {@link Convergence}. */
@Stateless
public class ConvergenceRows {

    /** Rows of {@code desired_changes} beyond which a server's are added up. */
    private static final int MANY_CHANGES = 100;

    /** Of a failure's text: enough for a person. */
    private static final int MAX_FAILURE = 500;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    ServerRows servers;

    /** A row of {@code peers}, by what it amounts to. */
    public record Digested(UUID id, Peer.State state, PeerDigest digest) {}

    /** How often what a server's host must have has changed. */
    public long generation(UUID serverId) {
        record Changes(long sum, int rows) {}
        Changes changes = sql.first(
                        "SELECT coalesce(sum(changes), 0)::bigint, count(*) FROM desired_changes WHERE server_id = ?",
                        row -> new Changes(row.getLong(1), row.getInt(2)),
                        serverId)
                .orElseThrow();
        if (changes.rows() > MANY_CHANGES) {
            sql.update("""
                    WITH folded AS (DELETE FROM desired_changes WHERE server_id = ? RETURNING server_id, changes)
                    INSERT INTO desired_changes SELECT server_id, sum(changes) FROM folded GROUP BY server_id""", serverId);
        }
        return changes.sum();
    }

    /** What its peers amount to that are to be on the host. */
    public List<RangeDigest> ranges(UUID serverId) {
        List<RangeDigest> ranges = new ArrayList<>(Collections.nCopies(RangeDigest.RANGES, RangeDigest.NONE));
        sql.list(
                """
                SELECT get_byte(decode(public_key, 'base64'), 0), count(*), bit_xor(digest_high), bit_xor(digest_low)
                FROM peers WHERE server_id = ? AND state <> 'REMOVING' GROUP BY 1""",
                row -> ranges.set(row.getInt(1), new RangeDigest(row.getInt(2), row.getLong(3), row.getLong(4))),
                serverId);
        return ranges;
    }

    /** All its rows in some ranges, whatever their state. */
    public List<Digested> ofRanges(UUID serverId, Set<Integer> ranges) {
        return sql.list(
                """
                SELECT id, state, public_key, digest_high, digest_low FROM peers
                WHERE server_id = ? AND get_byte(decode(public_key, 'base64'), 0) = ANY (?)""",
                row -> new Digested(
                        Sql.uuid(row, "id"),
                        Peer.State.valueOf(row.getString("state")),
                        new PeerDigest(
                                WireGuardKey.ofBase64(row.getString("public_key")),
                                row.getLong("digest_high"),
                                row.getLong("digest_low"))),
                serverId,
                ranges.stream().map(Integer::longValue).toList());
    }

    /** All its rows, whatever their state. */
    public List<Digested> all(UUID serverId) {
        return ofRanges(serverId, IntStream.range(0, RangeDigest.RANGES).boxed().collect(Collectors.toSet()));
    }

    /** Notes what peers amount to, unless they changed meanwhile. */
    public void noteDigests(UUID serverId, List<Peer> peers, List<PeerDigest> digests) {
        servers.lockAlone(serverId);
        List<List<Object>> arguments = new ArrayList<>(peers.size());
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            PeerDigest digest = digests.get(i);
            arguments.add(List.of(digest.high(), digest.low(), peer.id(), peer.sealedPresharedKey()));
        }
        sql.updateAll("""
                UPDATE peers SET digest_high = ?, digest_low = ?
                WHERE id = ? AND sealed_preshared_key = ? AND digest_high IS NULL""", arguments);
    }

    /** PostgreSQL's clock. */
    public OffsetDateTime now() {
        return sql.first("SELECT clock_timestamp()", row -> row.getObject(1, OffsetDateTime.class))
                .orElseThrow();
    }

    /** How many foreign peers an admin allowed to remove, until a comparison that began after it is noted. */
    public Optional<Integer> foreignAllowed(UUID serverId) {
        return sql.first(
                "SELECT foreign_allowed FROM server_convergence WHERE server_id = ? AND foreign_allowed IS NOT NULL",
                row -> row.getInt(1),
                serverId);
    }

    /**
     * Notes what a comparison found.
     *
     * @param foreign how many foreign peers wait for an admin: told once
     */
    public void noteCompared(Server server, OffsetDateTime began, Optional<DesiredPeers> proved, int foreign) {
        boolean told = foreign == 0 || state(server.id()).foreignPeers() > 0;
        sql.update(
                """
                INSERT INTO server_convergence AS c
                    (server_id, began_at, foreign_peers, proved_generation, digest, proved_at)
                SELECT s.id, ?, ?, v.generation, v.digest, CASE WHEN v.digest IS NOT NULL THEN now() END
                FROM servers s, (VALUES (?::bigint, ?::text)) AS v (generation, digest) WHERE s.id = ?
                ON CONFLICT (server_id) DO UPDATE SET
                    began_at = excluded.began_at, failure = NULL, foreign_peers = excluded.foreign_peers,
                    foreign_allowed = CASE WHEN c.asked_at > excluded.began_at THEN c.foreign_allowed END,
                    proved_generation = coalesce(excluded.proved_generation, c.proved_generation),
                    digest = coalesce(excluded.digest, c.digest),
                    proved_at = coalesce(excluded.proved_at, c.proved_at)""",
                began,
                foreign,
                proved.map(DesiredPeers::generation).orElse(null),
                proved.map(DesiredPeers::digest).orElse(null),
                server.id());
        if (!told) {
            outbox.add(AuditEvent.bySystem("server.foreign-peers-found")
                    .of(AuditEvent.Severity.CRITICAL)
                    .on("server", server.id(), server.name())
                    .with("peers", foreign));
        }
    }

    /** Notes why a comparison could not be made. */
    public void noteFailure(UUID serverId, OffsetDateTime began, String failure) {
        String text = String.valueOf(failure);
        sql.update("""
                INSERT INTO server_convergence (server_id, began_at, failure) SELECT id, ?, ? FROM servers WHERE id = ?
                ON CONFLICT (server_id) DO UPDATE SET began_at = excluded.began_at, failure = excluded.failure""", began, text.substring(0, Math.min(text.length(), MAX_FAILURE)), serverId);
    }

    /** Notes what was put right. */
    public void noteRepair(Server server, Repair repair) {
        sql.update("""
                INSERT INTO server_convergence
                    (server_id, repaired_at, repaired_missing, repaired_changed, repaired_foreign)
                VALUES (?, now(), ?, ?, ?)
                ON CONFLICT (server_id) DO UPDATE SET repaired_at = now(),
                    repaired_missing = excluded.repaired_missing, repaired_changed = excluded.repaired_changed,
                    repaired_foreign = excluded.repaired_foreign""", server.id(), repair.missing(), repair.changed(), repair.foreign());
        servers.noteRepair(
                server, Map.of("missing", repair.missing(), "changed", repair.changed(), "foreign", repair.foreign()));
    }

    /** Asks for a comparison that begins after this; returns when it was asked. */
    public OffsetDateTime ask(Caller caller, UUID serverId) {
        String name = servers.require(serverId).name();
        outbox.add(AuditEvent.by(caller, "server.reconciliation-asked").on("server", serverId, name));
        return ask(serverId);
    }

    /** Allows to remove that many foreign peers, and asks for a comparison. */
    public OffsetDateTime allowForeignRemoval(Caller caller, UUID serverId, int expected) {
        String name = servers.require(serverId).name();
        int found = state(serverId).foreignPeers();
        if (found == 0 || found != expected) {
            throw new VpnException(AccessError.FOREIGN_PEERS_CHANGED, found + " are there");
        }
        sql.update("UPDATE server_convergence SET foreign_allowed = ? WHERE server_id = ?", expected, serverId);
        outbox.add(AuditEvent.by(caller, "server.foreign-peers-given-up")
                .of(AuditEvent.Severity.WARNING)
                .on("server", serverId, name)
                .with("peers", expected));
        return ask(serverId);
    }

    /** Nodes of which somebody has asked for a comparison that has not begun. */
    public Set<UUID> askedNodes() {
        return new HashSet<>(sql.list("""
                SELECT DISTINCT s.node_id FROM server_convergence c JOIN servers s ON s.id = c.server_id
                WHERE c.asked_at > coalesce(c.began_at, '-infinity')""", row -> Sql.uuid(row, "node_id")));
    }

    /** @throws VpnException {@code SERVER_NOT_FOUND} */
    public ServerState state(UUID serverId) {
        return sql.first(
                        """
                        SELECT (SELECT coalesce(sum(changes), 0)::bigint FROM desired_changes WHERE server_id = s.id) AS generation,
                               (SELECT count(*) FROM peers WHERE server_id = s.id AND state <> 'REMOVING') AS peers,
                               (SELECT count(*) FROM peers WHERE server_id = s.id AND state <> 'ACTIVE') AS under_way,
                               c.began_at, c.failure, c.proved_generation, c.proved_at, c.digest,
                               coalesce(c.foreign_peers, 0) AS foreign_peers, c.repaired_at,
                               coalesce(c.repaired_missing, 0) AS missing, coalesce(c.repaired_changed, 0) AS changed,
                               coalesce(c.repaired_foreign, 0) AS repaired_foreign
                        FROM servers s LEFT JOIN server_convergence c ON c.server_id = s.id
                        WHERE s.id = ? AND s.status = 'ACTIVE'""",
                        row -> new ServerState(
                                row.getLong("generation"),
                                row.getInt("peers"),
                                row.getInt("under_way"),
                                Optional.ofNullable(row.getObject("proved_generation", Long.class)),
                                Sql.time(row, "proved_at"),
                                Optional.ofNullable(row.getString("digest")),
                                Sql.time(row, "began_at"),
                                Optional.ofNullable(row.getString("failure")),
                                row.getInt("foreign_peers"),
                                Sql.time(row, "repaired_at"),
                                new Repair(
                                        row.getInt("missing"), row.getInt("changed"), row.getInt("repaired_foreign"))),
                        serverId)
                .orElseThrow(() -> new VpnException(FleetError.SERVER_NOT_FOUND, serverId.toString()));
    }

    private OffsetDateTime ask(UUID serverId) {
        return sql.first("""
                        INSERT INTO server_convergence (server_id, asked_at) VALUES (?, clock_timestamp())
                        ON CONFLICT (server_id) DO UPDATE SET asked_at = clock_timestamp() RETURNING asked_at""", row -> row.getObject(1, OffsetDateTime.class), serverId)
                .orElseThrow();
    }
}
