package io.vpnenterprise.access;

import io.vpnenterprise.identity.Limits;
import io.vpnenterprise.identity.Memberships;
import io.vpnenterprise.identity.UserRows;
import io.vpnenterprise.identity.Users;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What members may have: the one place that knows, for devices, connections, quota and bandwidth alike. */
@Stateless
public class Allowances {

    private static final String OF_USERS = """
            SELECT user_id, devices, connections, monthly_bytes, kbit_per_second, access_ends_at
            FROM user_allowances WHERE user_id = ANY (?)""";

    @Inject
    Sql sql;

    @Inject
    AccessConfig config;

    @Inject
    Memberships memberships;

    @Inject
    Users users;

    @Inject
    UserRows userRows;

    @Inject
    Outbox outbox;

    /** What a member uses of it now. */
    public record Use(int devices, int connections) {}

    public Allowance of(UUID userId) {
        return of(List.of(userId)).get(userId);
    }

    /** Of many at once, in two queries. */
    public Map<UUID, Allowance> of(Collection<UUID> userIds) {
        if (userIds.isEmpty()) {
            return Map.of();
        }
        Limits platform = config.perUser();
        Map<UUID, List<Limits>> organisations = memberships.limits(userIds, platform);
        Map<UUID, Limits> own = own(userIds);
        Map<UUID, Allowance> allowances = new HashMap<>();
        for (UUID userId : userIds) {
            allowances.put(
                    userId,
                    Allowance.of(
                            platform,
                            organisations.getOrDefault(userId, List.of()),
                            own.getOrDefault(userId, Limits.NONE)));
        }
        return allowances;
    }

    public Use use(UUID userId) {
        return sql.first("""
                        SELECT (SELECT count(*) FROM devices WHERE user_id = u.id) AS devices,
                               (SELECT count(*) FROM peers WHERE user_id = u.id AND state <> 'REMOVING'
                                   AND succeeded_by IS NULL) AS connections
                        FROM users u WHERE u.id = ?""", row -> new Use(row.getInt("devices"), row.getInt("connections")), userId)
                .orElseThrow();
    }

    /** What an admin decided for one member alone. */
    public Limits own(UUID userId) {
        users.require(userId);
        return own(List.of(userId)).getOrDefault(userId, Limits.NONE);
    }

    /** Decides for one member alone; parts that these limits do not speak of fall back. What he has stays, if it is more. */
    public void decide(Caller caller, UUID userId, Limits limits) {
        String email = userRows.requireMayDecide(caller, userId);
        sql.update(
                """
                INSERT INTO user_allowances (user_id, devices, connections, monthly_bytes, kbit_per_second, access_ends_at)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (user_id) DO UPDATE SET
                    devices = excluded.devices, connections = excluded.connections,
                    monthly_bytes = excluded.monthly_bytes, kbit_per_second = excluded.kbit_per_second,
                    access_ends_at = excluded.access_ends_at""",
                userId,
                limits.devices().orElse(null),
                limits.connections().orElse(null),
                limits.monthlyBytes().orElse(null),
                limits.kbitPerSecond().orElse(null),
                limits.accessEndsAt().orElse(null));
        AuditEvent changed = AuditEvent.by(caller, "user.allowance-changed")
                .on("user", userId, email)
                .concerning(userId);
        outbox.add(changed.with("devices", said(limits.devices()))
                .with("connections", said(limits.connections()))
                .with("monthlyBytes", said(limits.monthlyBytes()))
                .with("kbitPerSecond", said(limits.kbitPerSecond()))
                .with("accessEndsAt", said(limits.accessEndsAt())));
    }

    private Map<UUID, Limits> own(Collection<UUID> userIds) {
        Map<UUID, Limits> own = new HashMap<>();
        sql.list(OF_USERS, row -> own.put(Sql.uuid(row, "user_id"), Limits.read(row)), List.copyOf(userIds));
        return own;
    }

    private static String said(Optional<?> limit) {
        return limit.map(Object::toString).orElse("nothing of its own");
    }
}
