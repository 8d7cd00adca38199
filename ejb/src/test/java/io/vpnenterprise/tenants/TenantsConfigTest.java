package io.vpnenterprise.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TenantsConfigTest {

    @Test
    void hasTheseDefaults() {
        TenantsConfig config = read(Map.of());

        assertThat(config.cluster()).isEmpty();
        assertThat(config.region()).isEqualTo("us-east");
        assertThat(config.clusterDeadline()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.copyKept()).isEqualTo(Duration.ofDays(7));
        assertThat(config.extensions()).hasSize(18).doesNotContain("lo", "tcn", "plperl", "postgres_fdw", "dblink");
        assertThat(config.watchEvery()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void tellsTenantsWhereItReachesTheServerUnlessToldOtherwise() {
        TenantsConfig inside = read(Map.of("vpn.tenants.cluster-url", "postgres://a:b@10.0.0.5:6432/postgres"));
        TenantsConfig outside = read(Map.of(
                "vpn.tenants.cluster-url",
                "postgres://a:b@10.0.0.5:6432/postgres",
                "vpn.tenants.public-host",
                "db.example.org",
                "vpn.tenants.public-port",
                "5432"));

        assertThat(inside.publicHost() + ":" + inside.publicPort()).isEqualTo("10.0.0.5:6432");
        assertThat(outside.publicHost() + ":" + outside.publicPort()).isEqualTo("db.example.org:5432");
    }

    @Test
    void doesNotRepeatAUrlThatItCannotRead() {
        assertThatThrownBy(() -> read(Map.of("vpn.tenants.cluster-url", "jdbc:postgresql://a:secret@host")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("VPN_TENANTS_CLUSTER_URL must be postgres://")
                .hasMessageNotContaining("secret");
    }

    private static TenantsConfig read(Map<String, String> settings) {
        TenantsConfig config = new TenantsConfig();
        config.read(new Settings(key -> Optional.ofNullable(settings.get(key))));
        return config;
    }
}
