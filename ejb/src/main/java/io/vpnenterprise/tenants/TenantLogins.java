package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a tenant's logins sign in to the database with: sealed here, and shown to people once. */
@ApplicationScoped
class TenantLogins {

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    /** Makes a password for each login of a new tenant. */
    Map<Login, String> make(UUID tenantId) {
        Map<Login, String> passwords = new EnumMap<>(Login.class);
        for (Login login : Login.values()) {
            String password = secrets.randomToken();
            sql.update(
                    "INSERT INTO tenant_logins (tenant_id, login, sealed_password) VALUES (?, ?, ?)",
                    tenantId,
                    login,
                    secrets.seal(password.getBytes(StandardCharsets.UTF_8), sealedFor(tenantId, login)));
            passwords.put(login, password);
        }
        return passwords;
    }

    /** Makes new passwords for some logins. They are the ones that shall work from now on: a job tells the cluster. */
    Map<Login, String> renew(UUID tenantId, Set<Login> which) {
        Map<Login, String> passwords = new EnumMap<>(Login.class);
        for (Login login : which) {
            String password = secrets.randomToken();
            sql.update(
                    """
                    UPDATE tenant_logins SET sealed_password = ?, version = version + 1, changed_at = now()
                    WHERE tenant_id = ? AND login = ?""",
                    secrets.seal(password.getBytes(StandardCharsets.UTF_8), sealedFor(tenantId, login)),
                    tenantId,
                    login);
            passwords.put(login, password);
        }
        return passwords;
    }

    Map<Login, String> passwords(UUID tenantId) {
        Map<Login, String> passwords = new EnumMap<>(Login.class);
        sql.list(
                        "SELECT login, sealed_password FROM tenant_logins WHERE tenant_id = ?",
                        row -> Map.entry(Login.valueOf(row.getString("login")), row.getBytes("sealed_password")),
                        tenantId)
                .forEach(kept -> passwords.put(
                        kept.getKey(),
                        new String(
                                secrets.open(kept.getValue(), sealedFor(tenantId, kept.getKey())),
                                StandardCharsets.UTF_8)));
        return passwords;
    }

    private static String sealedFor(UUID tenantId, Login login) {
        return "tenant_logins/" + tenantId + "/" + login;
    }
}
