package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Invitations that are over, once they count for no limit any more: they hold addresses of strangers. */
@ApplicationScoped
class OldInvitations implements Expirable {

    @Inject
    Sql sql;

    @Override
    public String name() {
        return "invitations";
    }

    @Override
    public int removeExpired() {
        return sql.update("""
                DELETE FROM invitations
                WHERE created_at < now() - interval '1 day' AND (ended_at IS NOT NULL OR expires_at < now())""");
    }
}
