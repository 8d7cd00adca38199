package io.vpnenterprise.access.traffic;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Settings of sessions and usage. */
@ApplicationScoped
public class TrafficConfig implements FeatureConfig {

    private Duration silence;

    @Override
    public void read(Settings settings) {
        // After it WireGuard itself takes a session for dead ("Reject-After-Time", wireguard.com/papers, section 6.1).
        silence = settings.duration(
                "vpn.traffic.silence", Duration.ofMinutes(3), Duration.ofSeconds(10), Duration.ofHours(1));
    }

    /** Without a handshake for this long, a session is over. */
    Duration silence() {
        return silence;
    }
}
