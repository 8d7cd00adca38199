package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.List;

/** The short transactions of {@link SigningKeys}. */
@Stateless
public class SigningKeyRows {

    /** For nodes that notice a second late that their key has a successor, and for clocks that differ. */
    private static final int MARGIN_SECONDS = 60;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    IdentityConfig config;

    public List<SigningKeys.SigningKey> list() {
        return sql.list(
                """
                SELECT kid, created_at, signs_from, published_until FROM signing_keys
                WHERE published_until IS NULL OR published_until > now()
                ORDER BY signs_from DESC, created_at DESC""",
                row -> new SigningKeys.SigningKey(
                        row.getString("kid"),
                        row.getObject("created_at", OffsetDateTime.class),
                        row.getObject("signs_from", OffsetDateTime.class),
                        Sql.time(row, "published_until").orElse(null)));
    }

    /** Adds a key that signs after the lead; false when another that does not sign yet was there first. */
    public boolean add(String kid, String publicJwk, byte[] sealedPrivate, AuditEvent event) {
        sql.update("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE");
        int added = sql.update(
                """
                INSERT INTO signing_keys (kid, public_jwk, sealed_private, created_at, signs_from)
                SELECT ?, ?, ?, now(), now() + make_interval(secs => ?)
                WHERE NOT EXISTS (SELECT 1 FROM signing_keys WHERE signs_from > now())""", kid, publicJwk, sealedPrivate, config.signingKeyLead().toSeconds());
        if (added == 0) {
            return false;
        }
        sql.update("""
                UPDATE signing_keys SET published_until = now() + make_interval(secs => ?)
                WHERE published_until IS NULL AND kid <> ?""", config.signingKeyLead().plus(config.accessTokenLife()).toSeconds() + MARGIN_SECONDS, kid);
        outbox.add(event.on("signing-key", kid, ""));
        return true;
    }

    public void removeOver() {
        sql.update("DELETE FROM signing_keys WHERE published_until <= now()");
    }
}
