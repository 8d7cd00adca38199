package io.vpnenterprise.query;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Settings of the SQL gateway. */
@ApplicationScoped
public class QueryConfig implements FeatureConfig {

    private int atOncePerTenant;
    private Duration pagesKept;
    private Duration historyKept;

    @Override
    public void read(Settings settings) {
        // Each holds a thread here and a connection there, of those that the platform keeps for itself.
        atOncePerTenant = settings.number("vpn.queries.at-once-per-tenant", 6, 1, 100);
        // An open portal holds a snapshot, which keeps PostgreSQL from cleaning up.
        pagesKept = settings.duration(
                "vpn.queries.pages-kept", Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofMinutes(10));
        historyKept = settings.duration(
                "vpn.queries.history-kept", Duration.ofDays(30), Duration.ofDays(1), Duration.ofDays(366));
    }

    /** How many queries of one tenant run on this application node at the same time, those with pages kept included. */
    int atOncePerTenant() {
        return atOncePerTenant;
    }

    /** How long a paged query waits for the next page to be asked for. */
    Duration pagesKept() {
        return pagesKept;
    }

    /** How long what was run can be read. */
    Duration historyKept() {
        return historyKept;
    }
}
