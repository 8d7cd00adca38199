package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of tenants and their databases. */
@ApplicationScoped
public class TenantsConfig implements FeatureConfig {

    private static final List<String> EXTENSIONS = List.of(
            "btree_gin",
            "btree_gist",
            "citext",
            "cube",
            "dict_int",
            "fuzzystrmatch",
            "hstore",
            "intarray",
            "isn",
            "ltree",
            "pg_trgm",
            "pgcrypto",
            "seg",
            "tablefunc",
            "tsm_system_rows",
            "tsm_system_time",
            "unaccent",
            "uuid-ossp");

    private Optional<ClusterUrl> cluster;
    private String region;
    private Optional<String> publicHost;
    private int publicPort;
    private Duration clusterDeadline;
    private Duration copyKept;
    private List<String> extensions;
    private Duration watchEvery;

    @Override
    public void read(Settings settings) {
        // Not the platform's own database server: what a tenant uses up there is used up for all.
        cluster = settings.secret("vpn.tenants.cluster-url").map(TenantsConfig::cluster);
        region = settings.text("vpn.tenants.region", "us-east");
        // Where the server is reached from outside may not be where we reach it.
        publicHost = settings.text("vpn.tenants.public-host");
        publicPort = settings.number("vpn.tenants.public-port", 0, 0, 65_535);
        // Making a database copies its template and flushes it to disk: seconds on a busy one.
        clusterDeadline = settings.duration(
                "vpn.tenants.cluster-deadline", Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofMinutes(10));
        // Who destroyed the wrong one notices within days.
        copyKept = settings.duration("vpn.tenants.copy-kept", Duration.ofDays(7), Duration.ZERO, Duration.ofDays(90));
        // Trusted ones, without languages and without what reaches outside or fills what tenants share.
        extensions = settings.list("vpn.tenants.extensions", EXTENSIONS).stream()
                .map(TenantsConfig::extension)
                .toList();
        // What is used above a limit is what fits between two looks.
        watchEvery = settings.duration(
                "vpn.tenants.watch-every", Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofMinutes(1));
    }

    private static ClusterUrl cluster(String url) {
        try {
            return ClusterUrl.parse(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("VPN_TENANTS_CLUSTER_URL " + e.getMessage(), e);
        }
    }

    private static String extension(String name) {
        if (!name.matches("[a-z0-9_-]+")) {
            throw new IllegalStateException("VPN_TENANTS_EXTENSIONS has a name that no extension has: " + name);
        }
        return name;
    }

    /** The cluster of shared placement, as a superuser; empty when databases are not offered. */
    Optional<ClusterUrl> cluster() {
        return cluster;
    }

    /** Where that cluster is. */
    String region() {
        return region;
    }

    /** What tenants connect to. */
    String publicHost() {
        return publicHost.or(() -> cluster.map(ClusterUrl::host)).orElse("");
    }

    int publicPort() {
        return publicPort != 0 ? publicPort : cluster.map(ClusterUrl::port).orElse(0);
    }

    /** How long the cluster may take for one statement. */
    Duration clusterDeadline() {
        return clusterDeadline;
    }

    /** How long the copy of a destroyed tenant can be recovered. */
    Duration copyKept() {
        return copyKept;
    }

    /** Those that a tenant may make in his database. */
    List<String> extensions() {
        return extensions;
    }

    /** How often sessions and storage are looked at. */
    public Duration watchEvery() {
        return watchEvery;
    }
}
