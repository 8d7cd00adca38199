package io.vpnenterprise.tenants.batch;

import io.vpnenterprise.tenants.TenantRows;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Asks for {@code purge-tenant} when the copy of a destroyed tenant has been kept for its time. */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PurgeSchedule {

    private static final Logger LOG = Logger.getLogger(PurgeSchedule.class.getName());

    private static final long MILLIS_BETWEEN_LOOKS = 5_000;

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Inject
    TenantRows tenants;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(MILLIS_BETWEEN_LOOKS, MILLIS_BETWEEN_LOOKS, new TimerConfig("purges", false));
    }

    @Timeout
    void look() {
        try {
            tenants.askForPurges();
        } catch (RuntimeException e) {
            // The next look tries again; the timer must live.
            LOG.log(Level.WARNING, "no purge was asked for: {0}", e.getMessage());
        }
    }
}
