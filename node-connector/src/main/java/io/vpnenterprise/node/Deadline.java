package io.vpnenterprise.node;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The moment by which a call must have ended, on the monotonic clock. */
record Deadline(long nanoTime) {

    private static final long PAUSE_MILLIS = 5;

    static Deadline after(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** Nanoseconds left, 0 when it has passed. */
    long remainingNanos() {
        return Math.max(0, nanoTime - System.nanoTime());
    }

    /** Milliseconds left, rounded up, so that only a passed deadline has 0. */
    long remainingMillis() {
        return (remainingNanos() + 999_999) / 1_000_000;
    }

    boolean passed() {
        return remainingNanos() == 0;
    }

    /** Of two deadlines, the nearer. */
    Deadline orSooner(Duration duration) {
        Deadline other = after(duration);
        return other.nanoTime - nanoTime < 0 ? other : this;
    }

    /**
     * Waits for something that the host does on its own time and tells nobody about, such as the end of a daemon.
     *
     * @return whether it came before the deadline
     */
    boolean await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (passed()) {
                return false;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new NodeException(NodeException.Reason.UNAVAILABLE, "interrupted while waiting for the host", e);
            }
        }
        return true;
    }
}
