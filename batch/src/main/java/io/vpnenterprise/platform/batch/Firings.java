package io.vpnenterprise.platform.batch;

import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** Schedules fire once in each period, in the whole cluster: for the application node that adds the period's row. */
@ApplicationScoped
public class Firings {

    @Inject
    Sql sql;

    /** Whether this call is the first of the present period. */
    public boolean isFirst(String schedule, Duration period) {
        long seconds = period.toSeconds();
        long due = Math.floorDiv(Instant.now().getEpochSecond(), seconds) * seconds;
        boolean first = sql.update(
                        "INSERT INTO schedule_firings (schedule, due_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        schedule,
                        Instant.ofEpochSecond(due).atOffset(ZoneOffset.UTC))
                == 1;
        if (first) {
            sql.update(
                    "DELETE FROM schedule_firings WHERE schedule = ? AND fired_at < now() - interval '30 days'",
                    schedule);
        }
        return first;
    }
}
