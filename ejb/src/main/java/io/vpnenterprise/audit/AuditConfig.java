package io.vpnenterprise.audit;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Settings of the audit. */
@ApplicationScoped
public class AuditConfig implements FeatureConfig {

    private Duration anchorEvery;

    @Override
    public void read(Settings settings) {
        // What was set back since the last anchor outside shows nowhere: shorter than an hour, and the log is all
        // anchors.
        anchorEvery = settings.duration(
                "vpn.audit.anchor-every", Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofDays(1));
    }

    Duration anchorEvery() {
        return anchorEvery;
    }
}
