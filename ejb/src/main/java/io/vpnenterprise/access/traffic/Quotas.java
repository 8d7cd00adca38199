package io.vpnenterprise.access.traffic;

import io.vpnenterprise.access.Allowance;
import io.vpnenterprise.access.Allowances;
import io.vpnenterprise.access.Connections;
import io.vpnenterprise.access.EndReason;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Holds members to the bytes of a month: says so at 80 and 95 percent, and takes what they have off the hosts at 100. Asked
 * after each samples that moved their totals, so what they get beyond is what passes between two samples and until the hosts
 * have let go.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Quotas {

    private static final Logger LOG = Logger.getLogger(Quotas.class.getName());

    @Inject
    Sql sql;

    @Inject
    Allowances allowances;

    @Inject
    QuotaRows rows;

    @Inject
    Connections connections;

    private record Standing(UUID userId, long used, int told, boolean connected) {}

    /** Looks at members whose totals of this month grew. */
    public void look(Collection<UUID> userIds) {
        if (userIds.isEmpty()) {
            return;
        }
        Map<UUID, Allowance> allowed = allowances.of(userIds);
        YearMonth month = currentMonth();
        List<UUID> limited = userIds.stream()
                .filter(user -> allowed.get(user).monthlyBytes().isPresent())
                .toList();
        for (Standing standing : standings(limited, month)) {
            look(standing, allowed.get(standing.userId()).monthlyBytes().orElseThrow(), month);
        }
    }

    /** Whether nothing is left of the member's quota. */
    public boolean isUsedUp(UUID userId) {
        Optional<Long> limit = allowances.of(userId).monthlyBytes();
        return limit.isPresent() && used(userId) >= limit.get();
    }

    static YearMonth currentMonth() {
        return YearMonth.now(ZoneOffset.UTC);
    }

    private long used(UUID userId) {
        return sql.first("""
                        SELECT coalesce(sum(uploaded + downloaded), 0) FROM traffic_usage
                        WHERE user_id = ? AND month = ?""", row -> row.getLong(1), userId, currentMonth().atDay(1))
                .orElseThrow();
    }

    private List<Standing> standings(List<UUID> users, YearMonth month) {
        if (users.isEmpty()) {
            return List.of();
        }
        return sql.list(
                """
                SELECT u.user_id, sum(u.uploaded + u.downloaded)::bigint AS used,
                       coalesce((SELECT max(n.percent) FROM quota_notices n
                                 WHERE n.user_id = u.user_id AND n.month = u.month), 0) AS told,
                       EXISTS (SELECT 1 FROM peers p WHERE p.user_id = u.user_id AND p.state <> 'REMOVING') AS connected
                FROM traffic_usage u WHERE u.user_id = ANY (?) AND u.month = ? GROUP BY u.user_id, u.month""",
                row -> new Standing(
                        Sql.uuid(row, "user_id"), row.getLong("used"), row.getInt("told"), row.getBoolean("connected")),
                users,
                month.atDay(1));
    }

    private void look(Standing standing, long limit, YearMonth month) {
        int reached = QuotaRows.reached(standing.used(), limit);
        if (reached > standing.told()) {
            rows.tell(standing.userId(), month, reached, standing.used(), limit);
        }
        if (reached == QuotaRows.ALL && standing.connected()) {
            LOG.log(Level.INFO, "user {0} has used {1} of {2} bytes of {3} and is disconnected", new Object[] {
                standing.userId(), standing.used(), limit, month
            });
            connections.endAll(standing.userId(), EndReason.QUOTA_EXCEEDED);
        }
    }
}
