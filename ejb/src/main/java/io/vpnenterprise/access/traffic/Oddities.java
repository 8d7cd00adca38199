package io.vpnenterprise.access.traffic;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Tells the audit, and by it the member, what is odd about his traffic; without any address. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class Oddities {

    private static final Logger LOG = Logger.getLogger(Oddities.class.getName());

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    /** What a peer's endpoint does; nothing of a peer that is nobody's any more. */
    public void tell(UUID serverId, String publicKey, Oddity oddity) {
        String action =
                switch (oddity) {
                    case SHARED_KEY -> "device.key-shared";
                    case ROAMING -> "device.roamed-often";
                };
        sql.first(
                        """
                        SELECT p.user_id, d.id, d.name, s.name AS server FROM peers p
                        JOIN devices d ON d.id = p.device_id JOIN servers s ON s.id = p.server_id
                        WHERE p.server_id = ? AND p.public_key = ? AND p.state <> 'REMOVING'""",
                        row -> warning(action)
                                .on("device", Sql.uuid(row, "id"), row.getString("name"))
                                .concerning(Sql.uuid(row, "user_id"))
                                .with("server", row.getString("server")),
                        serverId,
                        publicKey)
                .ifPresent(event -> {
                    outbox.add(event);
                    LOG.log(Level.WARNING, "{0}: device {1}", new Object[] {
                        action, event.target().id()
                    });
                });
    }

    /** A member goes on asking for connections that his quota refuses. */
    public void tellQuotaAbuse(UUID userId, int tries) {
        outbox.add(warning("quota.abused")
                .on("user", userId, "")
                .concerning(userId)
                .with("tries", tries));
        LOG.log(Level.WARNING, "user {0} asked {1} times for connections beyond the quota", new Object[] {userId, tries
        });
    }

    private static AuditEvent warning(String action) {
        return AuditEvent.bySystem(action).of(AuditEvent.Severity.WARNING);
    }
}
