package io.vpnenterprise.access.traffic;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Settings of sessions, usage, quotas and what is odd about endpoints. */
@ApplicationScoped
public class TrafficConfig implements FeatureConfig {

    private Duration silence;
    private Duration sessionsKept;
    private Duration usageKept;
    private EndpointTrail.Limits endpoints;
    private int abuseTries;

    @Override
    public void read(Settings settings) {
        // After it WireGuard itself takes a session for dead ("Reject-After-Time", wireguard.com/papers, section 6.1).
        silence = settings.duration(
                "vpn.traffic.silence", Duration.ofMinutes(3), Duration.ofSeconds(10), Duration.ofHours(1));
        sessionsKept = settings.duration(
                "vpn.traffic.sessions-kept", Duration.ofDays(90), Duration.ofDays(1), Duration.ofDays(3_650));
        // A year and a month: the same month of last year is still there to compare with.
        usageKept = settings.duration(
                "vpn.traffic.usage-kept", Duration.ofDays(400), Duration.ofDays(62), Duration.ofDays(3_650));
        endpoints = new EndpointTrail.Limits(
                settings.duration(
                        "vpn.traffic.endpoint-window",
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(10),
                        Duration.ofHours(1)),
                // A phone at the edge of its wireless network goes to and fro once or twice.
                settings.number("vpn.traffic.endpoint-returns", 3, 1, 50),
                settings.number("vpn.traffic.endpoint-networks", 10, 1, 50));
        // An impatient client asks a few times.
        abuseTries = settings.number("vpn.traffic.quota-abuse-tries", 20, 1, 10_000);
    }

    /** Without a handshake for this long, a session is over. */
    Duration silence() {
        return silence;
    }

    /** How long sessions are kept after their end. */
    Duration sessionsKept() {
        return sessionsKept;
    }

    /** How long a month's usage is kept after its end. */
    Duration usageKept() {
        return usageKept;
    }

    /** How much a peer's endpoint may move. */
    EndpointTrail.Limits endpoints() {
        return endpoints;
    }

    /** How often within an hour a member may ask for what his quota refuses before that is told. */
    int abuseTries() {
        return abuseTries;
    }
}
