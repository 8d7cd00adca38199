package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Overview;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/** How many accounts, sessions, organisations and keys there are. */
@ApplicationScoped
class IdentityOverview implements Overview {

    @Inject
    Sql sql;

    @Inject
    IdentityConfig config;

    @Override
    public Map<String, Map<String, Long>> figures() {
        return Map.of(
                "users",
                users(),
                "sessions",
                Map.of(
                        "live",
                        count(
                                "sessions WHERE ended_at IS NULL AND expires_at > now()"
                                        + " AND last_used_at > now() - make_interval(secs => ?)",
                                config.sessionIdle().toSeconds())),
                "organisations",
                Map.of("total", count("organisations WHERE deleted_at IS NULL")),
                "apiKeys",
                Map.of("live", apiKeys()));
    }

    /** Active is who signed in within 30 days; the month begins at midnight in UTC. */
    private Map<String, Long> users() {
        return sql.first(
                        """
                        SELECT count(*) AS total,
                               count(*) FILTER (WHERE state = 'SUSPENDED') AS suspended,
                               count(*) FILTER (WHERE last_sign_in_at > now() - interval '30 days') AS active,
                               count(*) FILTER (
                                   WHERE created_at >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
                                   AS new_this_month
                        FROM users WHERE state <> 'DELETED'""",
                        row -> Map.of(
                                "total", row.getLong("total"),
                                "suspended", row.getLong("suspended"),
                                "active", row.getLong("active"),
                                "newThisMonth", row.getLong("new_this_month")))
                .orElseThrow();
    }

    /** Those that open something. */
    private long apiKeys() {
        return count(
                "api_keys k JOIN users u ON u.id = k.user_id LEFT JOIN organisations o ON o.id = k.organisation_id"
                        + " WHERE k.expires_at > now() AND " + ApiKeyStandings.COUNTS,
                Tier.with(Tier.Feature.API_ACCESS));
    }

    private long count(String of, Object... arguments) {
        return sql.first("SELECT count(*) FROM " + of, row -> row.getLong(1), arguments)
                .orElseThrow();
    }
}
