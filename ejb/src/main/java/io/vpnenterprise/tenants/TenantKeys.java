package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Credential;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Keys of tenants for programs that have no account: stored is a hash, and the text is shown once. */
@Stateless
public class TenantKeys {

    /** The one role of such a caller, by which the gate lets him to the rows and to nothing else. */
    public static final String ROLE = "tenant-key";

    private static final String PREFIX = "vpnt_";
    private static final int PREVIEW_LENGTH = 4;
    private static final int MOST = 50;

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Secrets secrets;

    @Inject
    TenantMemberships memberships;

    @Inject
    PostgresDatabases databases;

    /** Whether a credential wants to be such a key. */
    public static boolean isMeant(String text) {
        return text.startsWith(PREFIX);
    }

    /**
     * Whom a key stands for; the tenant is compared where his session is opened.
     *
     * @throws VpnException {@code INVALID_TOKEN}
     */
    public Caller verify(String text, Origin origin) {
        TenantKey key = sql.first(
                        "SELECT * FROM tenant_keys WHERE key_hash = ?", TenantKeys::read, (Object) Secrets.hash(text))
                .orElseThrow(() -> new VpnException(PlatformError.INVALID_TOKEN));
        String name = key.kind().label() + " key " + key.preview();
        return new Caller(
                key.id(),
                name,
                Set.of(ROLE),
                Credential.apiKey(key.id(), name, Set.of("tenants:read", "tenants:write")),
                origin);
    }

    public List<TenantKey> list(Caller caller, UUID tenantId) {
        memberships.require(caller, tenantId, TenantRole.ADMIN);
        return sql.list(
                "SELECT * FROM tenant_keys WHERE tenant_id = ? ORDER BY created_at, id", TenantKeys::read, tenantId);
    }

    /** Makes the role of {@code anon} keys in the database, unless it is there; before the first such key. */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public void ensureAnonRole(Caller caller, UUID tenantId) {
        Tenant tenant = memberships.require(caller, tenantId, TenantRole.ADMIN).tenant();
        if (tenant.engine() != Engine.POSTGRESQL) {
            throw new VpnException(
                    TenantError.ENGINE_NOT_SUPPORTED, tenant.engine().label());
        }
        if (tenant.state() != TenantState.ACTIVE) {
            throw new VpnException(
                    TenantError.TENANT_NOT_READY, "it is " + tenant.state().label());
        }
        databases.ensureAnon(tenant.names());
    }

    /** @throws VpnException {@code TENANT_KEY_LIMIT_REACHED} */
    public TenantKey.Made make(Caller caller, UUID tenantId, TenantKey.Kind kind) {
        Tenant tenant =
                memberships.requireToChange(caller, tenantId, TenantRole.ADMIN).tenant();
        if (list(caller, tenantId).size() >= MOST) {
            throw new VpnException(TenantError.TENANT_KEY_LIMIT_REACHED, "at most " + MOST);
        }
        UUID id = UUID.randomUUID();
        String text = newText();
        sql.update(
                "INSERT INTO tenant_keys (id, tenant_id, kind, key_hash, preview, created_at) VALUES (?, ?, ?, ?, ?, now())",
                id,
                tenantId,
                kind,
                Secrets.hash(text),
                preview(text));
        outbox.add(event(caller, "tenant-key.created", tenant, id).with("kind", kind.label()));
        return new TenantKey.Made(require(tenantId, id), text);
    }

    /** A new text for it; the one before opens nothing any more. */
    public TenantKey.Made rotate(Caller caller, UUID tenantId, UUID keyId) {
        Tenant tenant =
                memberships.requireToChange(caller, tenantId, TenantRole.ADMIN).tenant();
        String text = newText();
        int rotated = sql.update(
                "UPDATE tenant_keys SET key_hash = ?, preview = ?, rotated_at = now() WHERE tenant_id = ? AND id = ?",
                Secrets.hash(text),
                preview(text),
                tenantId,
                keyId);
        if (rotated == 0) {
            throw notFound(keyId);
        }
        outbox.add(event(caller, "tenant-key.rotated", tenant, keyId));
        return new TenantKey.Made(require(tenantId, keyId), text);
    }

    public void revoke(Caller caller, UUID tenantId, UUID keyId) {
        Tenant tenant =
                memberships.requireToChange(caller, tenantId, TenantRole.ADMIN).tenant();
        if (sql.update("DELETE FROM tenant_keys WHERE tenant_id = ? AND id = ?", tenantId, keyId) == 0) {
            throw notFound(keyId);
        }
        outbox.add(event(caller, "tenant-key.revoked", tenant, keyId));
    }

    private static AuditEvent event(Caller caller, String action, Tenant tenant, UUID keyId) {
        return AuditEvent.by(caller, action)
                .of(AuditEvent.Severity.WARNING)
                .on("tenant", tenant.id(), tenant.name())
                .with("key", keyId);
    }

    private TenantKey require(UUID tenantId, UUID keyId) {
        return sql.first("SELECT * FROM tenant_keys WHERE tenant_id = ? AND id = ?", TenantKeys::read, tenantId, keyId)
                .orElseThrow(() -> notFound(keyId));
    }

    private static VpnException notFound(UUID keyId) {
        return new VpnException(TenantError.TENANT_KEY_NOT_FOUND, String.valueOf(keyId));
    }

    private String newText() {
        return PREFIX + secrets.randomToken();
    }

    private static String preview(String text) {
        return PREFIX + "…" + text.substring(text.length() - PREVIEW_LENGTH);
    }

    static TenantKey read(ResultSet row) throws SQLException {
        return new TenantKey(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "tenant_id"),
                TenantKey.Kind.valueOf(row.getString("kind")),
                row.getString("preview"),
                row.getObject("created_at", OffsetDateTime.class),
                Sql.time(row, "rotated_at"));
    }
}
