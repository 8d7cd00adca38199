package io.vpnenterprise.access.traffic;

import io.vpnenterprise.fleet.ServerLoads;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Adds up what samples say of a server, and reports it as its load every few seconds. Thread-safe. */
@ApplicationScoped
class LoadMeter {

    /** Well below the time after which a load is stale; an idle server's samples come every 10 s. */
    private static final Duration REPORT_EVERY = Duration.ofSeconds(5);

    private record Reading(long since, long bytes) {}

    private final Map<UUID, Reading> readings = new ConcurrentHashMap<>();

    @Inject
    ServerLoads loads;

    @Inject
    Sql sql;

    void add(UUID serverId, long bytes) {
        long now = System.nanoTime();
        Reading reading = readings.merge(
                serverId,
                new Reading(now, bytes),
                (before, added) -> new Reading(before.since(), before.bytes() + added.bytes()));
        long nanos = now - reading.since();
        // Whoever takes the reading reports it.
        if (nanos >= REPORT_EVERY.toNanos() && readings.replace(serverId, reading, new Reading(now, 0))) {
            loads.note(serverId, activePeers(serverId), Math.round(reading.bytes() / (nanos / 1e9)));
        }
    }

    private int activePeers(UUID serverId) {
        return sql.first(
                        "SELECT count(*) FROM vpn_sessions WHERE server_id = ? AND ended_at IS NULL",
                        row -> row.getInt(1),
                        serverId)
                .orElseThrow();
    }
}
