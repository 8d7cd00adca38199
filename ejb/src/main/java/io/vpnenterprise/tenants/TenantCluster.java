package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The PostgreSQL server in which tenants' databases are. Its connections are the platform's own, and no container's: what is
 * done there takes part in no transaction of ours, and {@code CREATE DATABASE} takes part in none at all.
 */
@ApplicationScoped
public class TenantCluster {

    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(10);

    @Inject
    TenantsConfig config;

    /** As the superuser, in the database that the setting names. */
    ClusterSession open() {
        return open(url());
    }

    /** As the superuser, in a tenant's database. */
    ClusterSession open(String database) {
        ClusterUrl url = url();
        return open(url.as(url.user(), url.password(), database));
    }

    /** As a tenant's login. */
    ClusterSession open(DatabaseNames names, Login login, String password) {
        return open(url().as(names.login(login), password, names.database()));
    }

    private ClusterUrl url() {
        return config.cluster().orElseThrow(() -> new VpnException(TenantError.ENGINE_NOT_OFFERED));
    }

    private ClusterSession open(ClusterUrl url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url.jdbcUrl());
        source.setUser(url.user());
        source.setPassword(url.password());
        source.setApplicationName("vpn-enterprise");
        source.setConnectTimeout(Math.toIntExact(CONNECT_DEADLINE.toSeconds()));
        source.setSocketTimeout(Math.toIntExact(config.clusterDeadline().toSeconds()));
        source.setLogServerErrorDetail(false);
        // Values come in PostgreSQL's own text, not in the driver's.
        source.setBinaryTransfer(false);
        try {
            return new ClusterSession(source.getConnection());
        } catch (SQLException e) {
            throw ClusterSession.failure(e);
        }
    }
}
