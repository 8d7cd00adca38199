package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The PostgreSQL server in which tenants' databases are. Its connections are the platform's own, and no container's: what is
 * done there takes part in no transaction of ours, and {@code CREATE DATABASE} takes part in none at all.
 */
@ApplicationScoped
public class TenantCluster {

    private static final String PROGRAM = "vpn-enterprise";
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(10);

    /** Of rows in our heap, by one exchange: beyond it the driver gives up. */
    private static final String MOST_AT_ONCE = "64M";

    @Inject
    TenantsConfig config;

    /**
     * What the superuser looks up in a tenant's database is PostgreSQL's own: the tenant could have made a function or an
     * operator of the same name, and it would run with the superuser's rights.
     */
    private static final String OWN_NAMES_ALONE = "-c search_path=pg_catalog,pg_temp";

    /** As the superuser, in the database that the setting names. */
    ClusterSession open() {
        return open(url(), PROGRAM, OWN_NAMES_ALONE);
    }

    /** As the superuser, in a tenant's database. */
    ClusterSession open(String database) {
        ClusterUrl url = url();
        return open(url.as(url.user(), url.password(), database), PROGRAM, OWN_NAMES_ALONE);
    }

    /** As a tenant's login. */
    ClusterSession open(DatabaseNames names, Login login, String password) {
        return open(url().as(names.login(login), password, names.database()), PROGRAM, "");
    }

    /** The same for a member, whose sessions end with his membership: see {@link MemberSessionsEnding}. */
    ClusterSession open(DatabaseNames names, Login login, String password, UUID userId) {
        return open(url().as(names.login(login), password, names.database()), programOf(userId), "");
    }

    /** What sessions of a member call themselves. He could call one otherwise; then its plan's times end it. */
    static String programOf(UUID userId) {
        return PROGRAM + " " + userId;
    }

    private ClusterUrl url() {
        return config.cluster().orElseThrow(() -> new VpnException(TenantError.ENGINE_NOT_OFFERED));
    }

    private ClusterSession open(ClusterUrl url, String program, String more) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url.jdbcUrl());
        source.setUser(url.user());
        source.setPassword(url.password());
        source.setApplicationName(program);
        source.setConnectTimeout(Math.toIntExact(CONNECT_DEADLINE.toSeconds()));
        source.setSocketTimeout(Math.toIntExact(config.clusterDeadline().toSeconds()));
        source.setLogServerErrorDetail(false);
        source.setMaxResultBuffer(MOST_AT_ONCE);
        // Values come in PostgreSQL's own text, not in the driver's.
        source.setBinaryTransfer(false);
        // A backend that waits for a lock does not see that we died; it would make what was removed by then.
        String options = source.getOptions();
        source.setOptions((options == null ? "" : options + " ") + "-c client_connection_check_interval=1s " + more);
        try {
            return new ClusterSession(source.getConnection());
        } catch (SQLException e) {
            throw ClusterSession.failure(e);
        }
    }
}
