package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Deliveries that are long over, those of a webhook beyond the newest, and mails that nobody passed on. */
@ApplicationScoped
class OldDeliveries implements Expirable {

    private static final int KEPT_PER_WEBHOOK = 1_000;

    @Inject
    Sql sql;

    @Inject
    NotificationsConfig config;

    @Override
    public String name() {
        return "deliveries";
    }

    @Override
    public int removeExpired() {
        long seconds = config.kept().toSeconds();
        return sql.update("DELETE FROM deliveries WHERE finished_at < now() - make_interval(secs => ?)", seconds)
                + sql.update("""
                        DELETE FROM deliveries WHERE id IN (SELECT id FROM
                          (SELECT id, row_number() OVER (PARTITION BY destination ORDER BY created_at DESC, id) AS place
                           FROM deliveries WHERE channel = 'WEBHOOK' AND finished_at IS NOT NULL) AS newest_first
                          WHERE place > ?)""", KEPT_PER_WEBHOOK)
                // The links in them are over after a week at the latest.
                + sql.update("""
                        DELETE FROM deliveries
                        WHERE state = 'HELD' AND (created_at < now() - interval '7 days' OR expires_at < now())""");
    }
}
