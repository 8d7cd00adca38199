package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Mails that were held go out when a start finds a mail server, as far as they are not too old to be of use. */
@ApplicationScoped
class HeldMails implements FirstStep {

    private static final Logger LOG = Logger.getLogger(HeldMails.class.getName());

    @Inject
    Sql sql;

    @Inject
    NotificationsConfig config;

    @Override
    public int order() {
        return 50;
    }

    @Override
    public void take() {
        if (config.smtp().isEmpty()) {
            LOG.warning("there is no mail server (VPN_SMTP_HOST): mails are held, see GET /api/admin/mails");
            return;
        }
        int released = sql.update("""
                UPDATE deliveries SET state = 'WAITING', due_at = now(), queued_at = now()
                WHERE state = 'HELD' AND created_at > now() - make_interval(secs => ?)
                  AND (expires_at IS NULL OR expires_at > now())""", config.mailGiveUp().toSeconds());
        LOG.log(released > 0 ? Level.INFO : Level.FINE, "{0} held mails go out", released);
    }
}
