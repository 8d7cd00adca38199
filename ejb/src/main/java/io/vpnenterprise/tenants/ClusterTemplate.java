package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * The database that tenants' databases are copies of, and the role that owns them. Made once, and anew when a version of the
 * product wants another one; databases that there are stay as they are.
 */
@Stateless
public class ClusterTemplate {

    static final String NAME = "vpn_template";

    /** Owns tenants' databases; nobody signs in as it. */
    static final String OWNER = "vpn_tenants";

    /** Counts up with each change of what is below, or of {@code template.sql}. */
    private static final String VERSION = "vpn-enterprise 2";

    private static final AtomicBoolean ENSURED = new AtomicBoolean();

    @Inject
    Sql sql;

    @Inject
    TenantCluster cluster;

    @Inject
    TenantsConfig config;

    /** Makes the template, if this cluster has not this version's. */
    public void ensure() {
        if (ENSURED.get()) {
            return;
        }
        // One application node at a time.
        sql.lock("tenants/template");
        try (ClusterSession session = cluster.open()) {
            if (!session.isThere(
                    "SELECT 1 FROM pg_database WHERE datname = ? AND datistemplate"
                            + " AND shobj_description(oid, 'pg_database') = ?",
                    NAME,
                    version())) {
                make(session);
            }
        }
        ENSURED.set(true);
    }

    private void make(ClusterSession session) {
        if (!session.isThere("SELECT 1 FROM pg_roles WHERE rolname = ?", OWNER)) {
            session.run("CREATE ROLE " + OWNER + " NOLOGIN");
        }
        if (session.isThere("SELECT 1 FROM pg_database WHERE datname = ?", NAME)) {
            session.run("ALTER DATABASE " + NAME + " IS_TEMPLATE false");
            session.run("DROP DATABASE " + NAME + " WITH (FORCE)");
        }
        session.run("CREATE DATABASE " + NAME + " OWNER " + OWNER + " TEMPLATE template0");
        try (ClusterSession inside = cluster.open(NAME)) {
            inside.runTogether(List.of("REVOKE ALL ON DATABASE " + NAME + " FROM PUBLIC", content()));
        }
        // The databases that every server has.
        session.run("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC");
        session.run("COMMENT ON DATABASE " + NAME + " IS '" + version() + "'");
        // Last: until then it is made anew.
        session.run("ALTER DATABASE " + NAME + " IS_TEMPLATE true ALLOW_CONNECTIONS false");
    }

    /** Another list of extensions is another template. */
    private String version() {
        return VERSION + ": " + String.join(" ", config.extensions());
    }

    private String content() {
        try (InputStream in = ClusterTemplate.class.getResourceAsStream("template.sql")) {
            String list = config.extensions().stream()
                    .map(extension -> "'" + extension + "'")
                    .collect(Collectors.joining(", "));
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("%EXTENSIONS%", list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
