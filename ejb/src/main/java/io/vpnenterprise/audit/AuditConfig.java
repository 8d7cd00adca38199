package io.vpnenterprise.audit;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Settings of the audit. */
@ApplicationScoped
public class AuditConfig implements FeatureConfig {

    private Duration anchorEvery;
    private AuditHead acknowledged;

    @Override
    public void read(Settings settings) {
        // What was set back since the last anchor outside shows nowhere: shorter than an hour, and the log is all
        // anchors.
        anchorEvery = settings.duration(
                "vpn.audit.anchor-every", Duration.ofHours(1), Duration.ofSeconds(5), Duration.ofDays(1));
        // Not in the database: its owner could acknowledge what he did. Without one, the verification by the clock
        // stops
        // for ever at the first touched entry, however well known, and sees nothing behind it.
        acknowledged =
                settings.text("vpn.audit.acknowledged").map(AuditConfig::anchor).orElse(AuditHead.BEFORE_THE_FIRST);
    }

    private static AuditHead anchor(String text) {
        try {
            return AuditHead.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("vpn.audit.acknowledged is " + e.getMessage(), e);
        }
    }

    Duration anchorEvery() {
        return anchorEvery;
    }

    /** Behind which the verification by the clock begins. */
    AuditHead acknowledged() {
        return acknowledged;
    }
}
