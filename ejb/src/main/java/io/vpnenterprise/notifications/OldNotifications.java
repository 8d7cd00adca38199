package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Notifications that are long past, read or not. */
@ApplicationScoped
class OldNotifications implements Expirable {

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
                config.kept().toSeconds());
    }
}
