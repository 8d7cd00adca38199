package io.vpnenterprise.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a cluster for tenants' databases is started with, beyond what any is. */
final class TenantClusterSettings {

    /**
     * Who may connect to what. A tenant's logins are members of a role that is called as his database is, so one line lets
     * everybody into his own and nobody elsewhere, without a change for each tenant; superusers count as members of nothing.
     * (PostgreSQL, 21.1 The pg_hba.conf File.)
     */
    private static final String HBA = """
            # type   database  user      address        method
            hostssl  all       postgres  127.0.0.1/32   scram-sha-256
            hostssl  samerole  all       0.0.0.0/0      scram-sha-256
            hostssl  samerole  all       ::/0           scram-sha-256
            host     all       all       0.0.0.0/0      reject
            host     all       all       ::/0           reject
            """;

    private TenantClusterSettings() {}

    /** Writes the files, which belong to this user, and returns the settings that name them. */
    static Map<String, String> write(Path home, Optional<UnprivilegedUser> user) {
        ServerCertificate tls = ServerCertificate.keep(home);
        Path hba = home.resolve("pg_hba.conf");
        try {
            Files.writeString(hba, HBA);
        } catch (IOException e) {
            throw new LaunchException(hba + " cannot be written: " + e.getMessage(), e);
        }
        user.ifPresent(owner -> {
            owner.own(hba);
            owner.own(tls.certificate());
            owner.own(tls.key());
        });
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("hba_file", hba.toString());
        settings.put("ssl", "on");
        settings.put("ssl_cert_file", tls.certificate().toString());
        settings.put("ssl_key_file", tls.key().toString());
        settings.put("ssl_min_protocol_version", "TLSv1.2");
        settings.put("password_encryption", "scram-sha-256");
        // A dump of a tenant's database locks each of its tables.
        settings.put("max_locks_per_transaction", "256");
        // Of what a session could take from all others.
        settings.put("max_prepared_transactions", "0");
        settings.put("max_slot_wal_keep_size", "1GB");
        settings.put("authentication_timeout", "10s");
        return settings;
    }
}
