package io.vpnenterprise.access;

import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The short transactions of {@link Drains}. Each locks the server first. */
@Stateless
public class DrainRows {

    @Inject
    Sql sql;

    @Inject
    ServerRows servers;

    @Inject
    Outbox outbox;

    /** A server that something is under way with, and where it is. */
    public record Underway(UUID serverId, UUID nodeId) {}

    /** From the moment that this commits the server takes nobody. */
    public void begin(Caller caller, UUID serverId, Duration deadline) {
        String name = servers.beginDraining(serverId);
        insert(serverId, deadline, Optional.empty());
        // Those whom an earlier drain gave their successors.
        sql.update("""
                UPDATE peers SET leaves_at = now() + make_interval(secs => ?)
                WHERE server_id = ? AND succeeded_by IS NOT NULL AND state <> 'REMOVING'""", deadline.toSeconds(), serverId);
        outbox.add(AuditEvent.by(caller, "server.drain-begun")
                .on("server", serverId, name)
                .with("deadline", deadline));
    }

    /** In one step the successor takes the server's name and members, and the server, under another name, none any more. */
    public void beginRotation(AuditEvent rotated, UUID serverId, UUID successor, Duration overlap) {
        String name = servers.replace(serverId, successor);
        servers.beginDraining(serverId);
        insert(serverId, overlap, Optional.of(successor));
        outbox.add(
                rotated.on("server", successor, name).with("retired", serverId).with("overlap", overlap));
    }

    /** Who has a successor goes on to it; the others stay, and the server takes peers again. */
    public void cancel(Caller caller, UUID serverId) {
        servers.require(serverId);
        servers.lockAlone(serverId);
        if (sql.update("DELETE FROM drains WHERE server_id = ? AND finished_at IS NULL", serverId) == 0) {
            throw new VpnException(AccessError.DRAIN_NOT_FOUND, serverId.toString());
        }
        String name = servers.endDraining(serverId, Server.Intake.OPEN);
        outbox.add(AuditEvent.by(caller, "server.drain-cancelled").on("server", serverId, name));
    }

    /** Ends a drain if the server is empty; false while it is not. */
    public boolean finish(UUID serverId) {
        servers.lockAlone(serverId);
        boolean finished = sql.update("""
                        UPDATE drains SET finished_at = now() WHERE server_id = ? AND finished_at IS NULL
                        AND NOT EXISTS (SELECT 1 FROM peers WHERE server_id = drains.server_id AND state <> 'REMOVING')""", serverId) == 1;
        if (finished) {
            String name = servers.endDraining(serverId, Server.Intake.MAINTENANCE);
            outbox.add(AuditEvent.bySystem("server.drained").on("server", serverId, name));
        }
        return finished;
    }

    /** Servers that are being drained and have no peers any more. */
    public List<UUID> empty() {
        return sql.list("""
                SELECT server_id FROM drains WHERE finished_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM peers WHERE server_id = drains.server_id AND state <> 'REMOVING')""", row -> Sql.uuid(row, "server_id"));
    }

    public Drain require(UUID serverId) {
        servers.require(serverId);
        return sql.first(
                        """
                        SELECT d.*,
                               count(p.id) FILTER (WHERE p.succeeded_by IS NOT NULL) AS leaving,
                               count(p.id) FILTER (WHERE p.succeeded_by IS NULL) AS unplaced
                        FROM drains d LEFT JOIN peers p ON p.server_id = d.server_id AND p.state <> 'REMOVING'
                        WHERE d.server_id = ? GROUP BY d.server_id""",
                        row -> new Drain(
                                serverId,
                                Sql.time(row, "begun_at").orElseThrow(),
                                Sql.time(row, "deadline").orElseThrow(),
                                Sql.time(row, "finished_at"),
                                row.getInt("leaving"),
                                row.getInt("unplaced")),
                        serverId)
                .orElseThrow(() -> new VpnException(AccessError.DRAIN_NOT_FOUND, serverId.toString()));
    }

    public List<Underway> underway() {
        return sql.list("""
                SELECT d.server_id, s.node_id FROM drains d JOIN servers s ON s.id = d.server_id
                WHERE d.finished_at IS NULL AND s.status = 'ACTIVE' ORDER BY d.begun_at""", row -> new Underway(Sql.uuid(row, "server_id"), Sql.uuid(row, "node_id")));
    }

    /** One of the open servers whose keys are older than this, on a node that answers and empties no other. */
    public Optional<Underway> dueForRotation(Duration life) {
        return sql.first(
                """
                SELECT s.id AS server_id, s.node_id FROM servers s JOIN nodes n ON n.id = s.node_id
                WHERE s.status = 'ACTIVE' AND s.intake = 'OPEN' AND s.created_at < now() - make_interval(secs => ?)
                  AND n.last_error IS NULL
                  AND NOT EXISTS (SELECT 1 FROM servers o WHERE o.node_id = n.id AND o.intake = 'DRAINING')
                ORDER BY random() LIMIT 1""", row -> new Underway(Sql.uuid(row, "server_id"), Sql.uuid(row, "node_id")), life.toSeconds());
    }

    /** Servers that were drained in order to be deleted. */
    public List<Underway> retired() {
        return sql.list("""
                SELECT d.server_id, s.node_id FROM drains d JOIN servers s ON s.id = d.server_id
                WHERE d.finished_at IS NOT NULL AND d.then_delete AND s.status = 'ACTIVE'""", row -> new Underway(Sql.uuid(row, "server_id"), Sql.uuid(row, "node_id")));
    }

    private void insert(UUID serverId, Duration deadline, Optional<UUID> target) {
        sql.update(
                """
                INSERT INTO drains (server_id, begun_at, deadline, target_id, then_delete)
                VALUES (?, now(), now() + make_interval(secs => ?), ?::uuid, ?)
                ON CONFLICT (server_id) DO UPDATE SET begun_at = excluded.begun_at, deadline = excluded.deadline,
                    finished_at = NULL, target_id = excluded.target_id, then_delete = excluded.then_delete""", serverId, deadline.toSeconds(), target.map(UUID::toString).orElse(null), target.isPresent());
    }
}
