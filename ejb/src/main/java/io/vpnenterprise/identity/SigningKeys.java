package io.vpnenterprise.identity;

import com.nimbusds.jose.jwk.RSAKey;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Rotates the keys that sign access tokens. A key's life:
 *
 * <pre>
 * made ── published, lead ──► signs ── life ──► successor signs ── until its last token is over ──► gone
 * </pre>
 *
 * <p>The lead is longer than any verifier remembers a key set, so that no token names a key that somebody does not know yet.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class SigningKeys {

    private static final Logger LOG = Logger.getLogger(SigningKeys.class.getName());

    private static final String ROTATED = "signing-key.rotated";

    /**
     * A published key.
     *
     * @param publishedUntil null while it has no successor
     */
    public record SigningKey(
            String kid, OffsetDateTime createdAt, OffsetDateTime signsFrom, OffsetDateTime publishedUntil) {}

    @Inject
    KeyRing ring;

    @Inject
    SigningKeyRows rows;

    /** All that are published, the newest first. */
    public List<SigningKey> list() {
        return rows.list();
    }

    /** Makes a successor for the key that signs; nothing when one is on its way already. */
    public void rotate(Caller caller) {
        rotate(AuditEvent.by(caller, ROTATED));
    }

    /** What the clock of every application node does: the first whose look finds it due rotates for all. */
    public void followAndRotateWhenDue() {
        rows.removeOver();
        ring.load();
        if (ring.isDue()) {
            rotate(AuditEvent.bySystem(ROTATED));
        }
    }

    private void rotate(AuditEvent event) {
        // Takes a second of a core: outside the transaction.
        RSAKey made = KeyRing.generate();
        if (rows.add(made.getKeyID(), made.toPublicJWK().toJSONString(), ring.sealed(made), event)) {
            LOG.log(Level.INFO, "signing key {0} made", made.getKeyID());
        }
        ring.load();
    }
}
