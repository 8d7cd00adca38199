package io.vpnenterprise.access;

import io.vpnenterprise.fleet.WireGuardKeyPair;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/**
 * The short transactions that give peers fresh keys in place: the row has them first, and the writer brings them to the host.
 * One change at a time: until the host has it, the peer takes no other.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class PeerKeys {

    static final String ROTATED = "vpn.key-rotated";
    static final String DUE = "vpn.key-rotation-due";

    private static final String NAMES = """
            SELECT p.user_id, coalesce(d.name, '') AS device, s.name AS server
            FROM peers p JOIN servers s ON s.id = p.server_id LEFT JOIN devices d ON d.id = p.device_id WHERE p.id = ?""";

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    Outbox outbox;

    /** A peer whose time has come, and the node that it is on. */
    public record Aged(UUID id, UUID nodeId, OffsetDateTime keyedAt) {}

    /** Gives a peer a fresh preshared key. */
    public void renew(UUID peerId, AuditEvent rotated) {
        if (!renewed(peerId)) {
            throw new VpnException(AccessError.ROTATION_UNDER_WAY);
        }
        outbox.add(of(peerId, rotated));
    }

    /** As {@link #renew}, at nobody's wish; false when somebody did meanwhile, or it is being changed. */
    public boolean renewAged(Aged aged) {
        boolean aging = sql.first(
                        "SELECT 1 FROM peers WHERE id = ? AND keyed_at = ? FOR UPDATE",
                        row -> true,
                        aged.id(),
                        aged.keyedAt())
                .isPresent();
        boolean renewed = aging && renewed(aged.id());
        if (renewed) {
            outbox.add(of(aged.id(), AuditEvent.bySystem(ROTATED).of(AuditEvent.Severity.WARNING)));
        }
        return renewed;
    }

    /** Tells a member, once, that his peer gets a fresh key. */
    public void tell(Aged aged, OffsetDateTime when) {
        if (sql.update(
                        "UPDATE peers SET rotation_told_at = now() WHERE id = ? AND keyed_at = ? AND rotation_told_at IS NULL",
                        aged.id(),
                        aged.keyedAt())
                == 1) {
            outbox.add(of(aged.id(), AuditEvent.bySystem(DUE).of(AuditEvent.Severity.WARNING))
                    .with("at", when));
        }
    }

    /** Peers whose key is older than this, the oldest first; the host has what they are. */
    public List<Aged> older(Duration age, int most) {
        return aged("p.version = p.written_version", age, most);
    }

    /** Peers whose key is older than this, and whose members do not know yet that it goes. */
    public List<Aged> untold(Duration age, int most) {
        return aged("p.rotation_told_at IS NULL", age, most);
    }

    private List<Aged> aged(String which, Duration age, int most) {
        return sql.list(
                """
                SELECT p.id, s.node_id, p.keyed_at FROM peers p JOIN servers s ON s.id = p.server_id
                WHERE p.state = 'ACTIVE' AND p.keyed_at < now() - make_interval(secs => ?) AND %s
                ORDER BY p.keyed_at LIMIT ?""".formatted(which),
                row -> new Aged(
                        Sql.uuid(row, "id"),
                        Sql.uuid(row, "node_id"),
                        Sql.time(row, "keyed_at").orElseThrow()),
                age.toMillis() / 1e3,
                most);
    }

    private boolean renewed(UUID peerId) {
        byte[] sealed = secrets.seal(WireGuardKeyPair.presharedKey().bytes(), Peer.presharedKeyPurpose(peerId));
        return sql.update("""
                        UPDATE peers SET sealed_preshared_key = ?, keyed_at = now(), rotation_told_at = NULL,
                            version = version + 1
                        WHERE id = ? AND state = 'ACTIVE' AND version = written_version""", sealed, peerId) == 1;
    }

    private AuditEvent of(UUID peerId, AuditEvent event) {
        return sql.first(
                        NAMES,
                        row -> event.on("connection", peerId, row.getString("server"))
                                .concerning(Sql.uuid(row, "user_id"))
                                .with("device", row.getString("device")),
                        peerId)
                .orElseThrow();
    }
}
