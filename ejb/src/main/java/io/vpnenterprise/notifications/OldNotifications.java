package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Notifications that are long past, and those of a member beyond the newest, read or not. */
@ApplicationScoped
class OldNotifications implements Expirable {

    private static final int KEPT_PER_MEMBER = 1_000;

    @Inject
    Sql sql;

    @Inject
    NotificationsConfig config;

    @Override
    public String name() {
        return "notifications";
    }

    @Override
    public int removeExpired() {
        return sql.update(
                        "DELETE FROM notifications WHERE created_at < now() - make_interval(secs => ?)",
                        config.kept().toSeconds())
                + sql.update("""
                        DELETE FROM notifications WHERE id IN (SELECT id FROM
                          (SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC, id) AS place
                           FROM notifications) AS newest_first
                          WHERE place > ?)""", KEPT_PER_MEMBER);
    }
}
