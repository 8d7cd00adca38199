package io.vpnenterprise.notifications;

import java.time.Duration;

/** When to try again: twice as long each time, up to a most, a fifth more or less so that many do not come back at once. */
final class Backoff {

    private static final double SPREAD = 0.2;

    private Backoff() {}

    /**
     * @param attempt that failed; the first is 1
     * @param chance from 0 to 1, evenly spread
     */
    static Duration after(int attempt, Duration first, Duration most, double chance) {
        double factor = Math.pow(2, Math.min(attempt - 1, 62)) * (1 - SPREAD + 2 * SPREAD * chance);
        double millis = Math.min(first.toMillis() * factor, most.toMillis() * (1 - SPREAD + 2 * SPREAD * chance));
        return Duration.ofMillis((long) millis);
    }
}
