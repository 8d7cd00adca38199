package io.vpnenterprise.identity;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the database says of credentials, remembered for half a second: a busy client costs two look-ups a second instead of
 * one a call, and no application node admits anybody on older knowledge. Thread-safe.
 */
final class BriefMemory<K, V> {

    /** A revocation must bite within a second everywhere; the other half is for the request under way. */
    static final Duration MAX_AGE = Duration.ofMillis(500);

    /** At 200 bytes each, 2 MB; when there are more, the map starts anew. */
    private static final int MOST = 10_000;

    private record Remembered<V>(Optional<V> value, long readAt) {}

    private final ConcurrentHashMap<K, Remembered<V>> byKey = new ConcurrentHashMap<>();

    /** What was read lately, or is read now; that there is nothing is remembered too. */
    Optional<V> find(K key, Function<K, Optional<V>> read) {
        Remembered<V> remembered = byKey.get(key);
        if (remembered == null || System.nanoTime() - remembered.readAt() > MAX_AGE.toNanos()) {
            // The age counts from before the reading: what it returns may be as old as that.
            long readAt = System.nanoTime();
            remembered = new Remembered<>(read.apply(key), readAt);
            if (byKey.size() >= MOST) {
                byKey.clear();
            }
            byKey.put(key, remembered);
        }
        return remembered.value();
    }

    /** Whether there was something when this node last looked, however long ago. */
    boolean knew(K key) {
        Remembered<V> remembered = byKey.get(key);
        return remembered != null && remembered.value().isPresent();
    }

    /** Makes a change of this node bite here at once. The others need up to {@link #MAX_AGE}. */
    void forget(K key) {
        byKey.remove(key);
    }

    /** As {@link #forget}, for all values of a kind. */
    void forgetAll(Predicate<V> which) {
        byKey.values().removeIf(remembered -> remembered.value().filter(which).isPresent());
    }
}
