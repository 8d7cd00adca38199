package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether one more may wait on a lane. Counted once in a while and carried on in memory: with the mail server down, a count
 * for each mail would be of all that wait. So the bound is a rough one.
 */
@ApplicationScoped
class LaneRoom {

    private static final Duration FRESH = Duration.ofSeconds(10);

    private final Map<String, Integer> waiting = new HashMap<>();
    private long countedAt = System.nanoTime();

    @Inject
    Sql sql;

    synchronized boolean take(String lane, Delivery.State state, int most) {
        if (System.nanoTime() - countedAt > FRESH.toNanos()) {
            waiting.clear();
            countedAt = System.nanoTime();
        }
        int there = waiting.computeIfAbsent(lane, name -> count(name, state, most));
        waiting.put(lane, there + 1);
        return there < most;
    }

    private int count(String lane, Delivery.State state, int most) {
        // Each state's literal, so that its partial index serves.
        String there = state == Delivery.State.HELD ? "state = 'HELD'" : "state = 'WAITING'";
        return sql.first(
                        "SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE lane = ? AND " + there
                                + " LIMIT ?) AS there",
                        row -> row.getInt(1),
                        lane,
                        most)
                .orElseThrow();
    }
}
