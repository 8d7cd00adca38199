package io.vpnenterprise.access;

import io.vpnenterprise.identity.Limits;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/**
 * What a member may have, whoever decided it.
 *
 * <p>Each part is decided by itself, and the most specific word counts: an admin's about this person, else his
 * organisations', of which the tightest, so that each owner's limit holds whatever else his members belong to, else the
 * platform's settings. "Unlimited" is only what the platform's settings leave so; nobody becomes it by belonging nowhere.
 *
 * @param devices at most
 * @param connections at most, at the same time, over all servers
 * @param monthlyBytes in a month of UTC, both directions together; empty: unlimited
 * @param kbitPerSecond of each connection, in each direction; empty: unlimited
 * @param accessEndsAt from then on, no connection; empty: never
 */
public record Allowance(
        int devices,
        int connections,
        Optional<Long> monthlyBytes,
        Optional<Integer> kbitPerSecond,
        Optional<OffsetDateTime> accessEndsAt) {

    /** @param platform says something of devices and connections at least */
    static Allowance of(Limits platform, List<Limits> organisations, Limits own) {
        Limits all = own.or(organisations.stream().reduce(Limits.NONE, Limits::tightest))
                .or(platform);
        return new Allowance(
                all.devices().orElseThrow(),
                all.connections().orElseThrow(),
                all.monthlyBytes(),
                all.kbitPerSecond(),
                all.accessEndsAt());
    }
}
