package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The database that tenants' databases are copies of, and the role that owns them. Made once, and anew when a version of the
 * product wants another one; databases that there are stay as they are.
 */
@Stateless
public class ClusterTemplate {

    static final String NAME = "vpn_template";

    /** Owns tenants' databases; nobody signs in as it. */
    static final String OWNER = "vpn_tenants";

    /** Counts up with each change of what is below. */
    private static final String VERSION = "vpn-enterprise 1";

    private static final AtomicBoolean ENSURED = new AtomicBoolean();

    /**
     * What PUBLIC may do in any database and a tenant must not: locks and large objects fill tables of the server that all
     * share, and messages go into everybody's log.
     */
    private static final String REVOKE_FUNCTIONS = """
            DO $$
            DECLARE f regprocedure;
            BEGIN
              FOR f IN SELECT oid::regprocedure FROM pg_proc
                       WHERE pronamespace = 'pg_catalog'::regnamespace
                         AND (proname LIKE 'pg\\_advisory\\_%' OR proname LIKE 'pg\\_try\\_advisory\\_%'
                              OR proname LIKE 'lo\\_%' OR proname IN ('lowrite', 'loread', 'pg_logical_emit_message'))
              LOOP
                EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
              END LOOP;
            END $$""";

    @Inject
    Sql sql;

    @Inject
    TenantCluster cluster;

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
                    VERSION)) {
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
            inside.runTogether(List.of(
                    "REVOKE ALL ON DATABASE " + NAME + " FROM PUBLIC",
                    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
                    REVOKE_FUNCTIONS));
        }
        // The databases that every server has.
        session.run("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC");
        session.run("COMMENT ON DATABASE " + NAME + " IS '" + VERSION + "'");
        // Last: until then it is made anew.
        session.run("ALTER DATABASE " + NAME + " IS_TEMPLATE true ALLOW_CONNECTIONS false");
    }
}
