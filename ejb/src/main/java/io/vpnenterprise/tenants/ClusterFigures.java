package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.Metrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/** What an operator should know of the tenants' cluster. */
@ApplicationScoped
class ClusterFigures implements FirstStep {

    /**
     * Directories of databases that the cluster does not know: what a kill in the middle of {@code CREATE DATABASE} leaves, and
     * no SQL removes. One that is younger than a transaction that runs may be its, and is not counted.
     */
    private static final String STRAY_DIRECTORIES = """
            SELECT count(*) FROM pg_ls_dir('base') AS name
            WHERE name ~ '^[0-9]+$' AND name::oid NOT IN (SELECT oid FROM pg_database)
              AND (pg_stat_file('base/' || name, true)).modification
                  < (SELECT coalesce(min(xact_start), now()) FROM pg_stat_activity)""";

    @Inject
    Metrics metrics;

    @Inject
    TenantsConfig config;

    @Inject
    TenantCluster cluster;

    @Override
    public int order() {
        return 40;
    }

    @Override
    public void take() {
        if (config.cluster().isPresent()) {
            metrics.gauges(
                    "vpn_tenants_stray_directories",
                    "Directories in the tenants' cluster of databases that it does not know, left by a crash",
                    "cluster",
                    this::strayDirectories);
        }
    }

    private Map<String, Long> strayDirectories() {
        try (ClusterSession session = cluster.open()) {
            return Map.of(
                    "shared",
                    session.first(STRAY_DIRECTORIES).map(Long::parseLong).orElse(0L));
        }
    }
}
