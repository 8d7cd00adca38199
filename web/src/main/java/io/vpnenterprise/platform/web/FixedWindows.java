package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.Rate;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Counts clients in windows of a fixed length, each client's beginning with his first request: exact however many come at
 * once, and plain to explain. Its price is that two full windows may follow each other closely. Thread-safe.
 */
final class FixedWindows {

    /** At about 200 bytes each, 10 MB. */
    static final int MOST_CLIENTS = 50_000;

    private static final String NEWCOMERS = "newcomers";

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private record Window(long endsAt, int requests) {}

    /**
     * What a request was told.
     *
     * @param remaining how many more are admitted in this window; never negative
     * @param resetSeconds until a new window, rounded up
     */
    record Count(Rate rate, boolean admitted, int remaining, long resetSeconds) {}

    private final Rate rate;
    private final LongSupplier nanoTime;
    private final ConcurrentHashMap<String, Window> windows = new ConcurrentHashMap<>();
    private long sweptAt;

    FixedWindows(Rate rate, LongSupplier nanoTime) {
        this.rate = rate;
        this.nanoTime = nanoTime;
        this.sweptAt = nanoTime.getAsLong();
    }

    Count count(String client) {
        long now = nanoTime.getAsLong();
        Window window = windows.compute(counted(client, now), (key, last) -> next(last, now));
        return new Count(
                rate,
                window.requests() <= rate.count(),
                Math.max(0, rate.count() - window.requests()),
                Math.max(1, (window.endsAt() - now + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND));
    }

    /** Whether a client's next request would be refused. */
    boolean isFull(String client) {
        long now = nanoTime.getAsLong();
        Window window = windows.get(counted(client, now));
        return window != null && now - window.endsAt() < 0 && window.requests() >= rate.count();
    }

    /** When there is no place left, newcomers are counted as one: nobody gets a new window by filling them all. */
    private String counted(String client, long now) {
        return windows.size() < MOST_CLIENTS - 1 || windows.containsKey(client) || madeRoom(now) ? client : NEWCOMERS;
    }

    private Window next(Window last, long now) {
        return last == null || now - last.endsAt() >= 0
                ? new Window(now + rate.per().toNanos(), 1)
                // What is refused changes nothing but the refusals.
                : new Window(last.endsAt(), Math.min(last.requests(), rate.count()) + 1);
    }

    private synchronized boolean madeRoom(long now) {
        // Not for each newcomer: it looks at all of them.
        if (now - sweptAt >= NANOS_PER_SECOND) {
            sweptAt = now;
            windows.values().removeIf(window -> now - window.endsAt() >= 0);
        }
        return windows.size() < MOST_CLIENTS - 1;
    }

    int clients() {
        return windows.size();
    }
}
