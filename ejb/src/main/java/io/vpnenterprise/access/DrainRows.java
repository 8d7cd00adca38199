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

    /** A drain that is under way, and where its server is. */
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

    private void insert(UUID serverId, Duration deadline, Optional<UUID> target) {
        sql.update(
                """
                INSERT INTO drains (server_id, begun_at, deadline, target_id, then_delete)
                VALUES (?, now(), now() + make_interval(secs => ?), ?::uuid, ?)
                ON CONFLICT (server_id) DO UPDATE SET begun_at = excluded.begun_at, deadline = excluded.deadline,
                    finished_at = NULL, target_id = excluded.target_id, then_delete = excluded.then_delete""", serverId, deadline.toSeconds(), target.map(UUID::toString).orElse(null), target.isPresent());
    }
}
