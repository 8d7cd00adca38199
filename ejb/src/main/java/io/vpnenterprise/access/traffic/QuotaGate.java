package io.vpnenterprise.access.traffic;

import io.vpnenterprise.access.ConnectGate;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets nobody connect whose quota of the month is used up, and notices who goes on asking. The count is this application
 * node's own. Thread-safe.
 */
@ApplicationScoped
class QuotaGate implements ConnectGate {

    private static final Duration WINDOW = Duration.ofHours(1);

    /** Members whose tries are counted at a time; with more, all counts begin anew. */
    private static final int MAX_COUNTED = 10_000;

    private record Tries(long beganAt, int count) {

        private boolean isOver(long now) {
            return now - beganAt > WINDOW.toNanos();
        }
    }

    private final Map<UUID, Tries> refused = new ConcurrentHashMap<>();

    @Inject
    Quotas quotas;

    @Inject
    Oddities oddities;

    @Inject
    TrafficConfig config;

    @Override
    public void admit(UUID userId) {
        if (quotas.isUsedUp(userId)) {
            count(userId);
            throw new VpnException(TrafficError.MONTHLY_QUOTA_EXCEEDED);
        }
    }

    private void count(UUID userId) {
        if (refused.size() > MAX_COUNTED) {
            refused.clear();
        }
        long now = System.nanoTime();
        Tries tries = refused.merge(
                userId,
                new Tries(now, 1),
                (before, one) -> before.isOver(now) ? one : new Tries(before.beganAt(), before.count() + 1));
        // Once in a window.
        if (tries.count() == config.abuseTries()) {
            oddities.tellQuotaAbuse(userId, tries.count());
        }
    }
}
