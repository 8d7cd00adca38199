package io.vpnenterprise.identity;

import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Makes the first admin from the settings, when there is none; a platform without one could not be operated. */
@ApplicationScoped
class FirstAdmin implements FirstStep {

    private static final Logger LOG = Logger.getLogger(FirstAdmin.class.getName());

    @Inject
    IdentityConfig config;

    @Inject
    Sessions sessions;

    @Inject
    AccountRows rows;

    @Inject
    Passwords passwords;

    @Override
    public int order() {
        return 20;
    }

    @Override
    public void take() {
        if (sessions.hasSuperAdmin()) {
            return;
        }
        if (config.adminPassword().isEmpty()) {
            LOG.warning("there is no admin yet: set VPN_ADMIN_PASSWORD_FILE and start again");
            return;
        }
        String password = config.adminPassword().get();
        String email = EmailAddress.canonical(config.adminEmail());
        Passwords.requireAcceptable(password, email, "password");
        try {
            User admin = rows.addFirstAdmin(email, passwords.hash(password));
            LOG.log(Level.INFO, "first admin {0} made", admin.id());
        } catch (VpnException e) {
            if (e.code() != IdentityError.EMAIL_TAKEN) {
                throw e;
            }
            // Else another node of the cluster was first.
            if (!sessions.hasSuperAdmin()) {
                throw new IllegalStateException(
                        "somebody else has an account with the address of VPN_ADMIN_EMAIL: set another one", e);
            }
        }
    }
}
