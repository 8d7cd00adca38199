package io.vpnenterprise.access.traffic;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.YearMonth;
import java.util.UUID;

/** What members were told of their quota, each once in a month. */
@Stateless
public class QuotaRows {

    static final int ALL = 100;
    private static final int[] MARKS = {ALL, 95, 80};

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    /** The highest mark, in percent, that is reached; 0 below all of them. */
    static int reached(long used, long limit) {
        for (int mark : MARKS) {
            // No product of two longs that could be large.
            if (used >= Math.ceil(limit * (mark / 100.0))) {
                return mark;
            }
        }
        return 0;
    }

    /** Tells the member that he reached a mark; only the first who notes it in a month does. */
    public void tell(UUID userId, YearMonth month, int percent, long used, long limit) {
        boolean first = sql.update("""
                        INSERT INTO quota_notices (user_id, month, percent) SELECT id, ?, ? FROM users WHERE id = ?
                        ON CONFLICT DO NOTHING""", month.atDay(1), percent, userId) == 1;
        if (first) {
            outbox.add(AuditEvent.bySystem(percent == ALL ? "quota.exceeded" : "quota.warned")
                    .of(AuditEvent.Severity.WARNING)
                    .on("quota", month, percent + " % of " + month)
                    .concerning(userId)
                    .with("used", used)
                    .with("limit", limit));
        }
    }
}
