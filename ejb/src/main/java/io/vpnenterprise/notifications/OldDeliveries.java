package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Deliveries that are long over, and mails that nobody passed on. */
@ApplicationScoped
class OldDeliveries implements Expirable {

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
                // The links in them are over after a week at the latest.
                + sql.update("DELETE FROM deliveries WHERE state = 'HELD' AND created_at < now() - interval '7 days'");
    }
}
