package io.vpnenterprise.audit;

import io.vpnenterprise.platform.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Notes the head in the server's log, which goes elsewhere than the database does: the verification compares an anchor of
 * it with the log, and so shows also that the whole database was set back.
 */
@Singleton
@jakarta.ejb.Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class AuditAnchor {

    private static final Logger LOG = Logger.getLogger(AuditAnchor.class.getName());

    @Inject
    Startup startup;

    @Resource
    TimerService timers;

    @Inject
    AuditConfig config;

    @Inject
    AuditRows rows;

    @PostConstruct
    void start() {
        startup.done();
        long millis = config.anchorEvery().toMillis();
        timers.createIntervalTimer(millis, millis, new TimerConfig("audit-anchor", false));
    }

    @Timeout
    void note() {
        try {
            AuditRows.Found found = rows.head();
            if (found.sound()) {
                LOG.log(Level.INFO, "audit anchor {0}", found.head().anchor());
            } else {
                LOG.log(
                        Level.SEVERE,
                        "no audit anchor: somebody altered the head, it says {0}",
                        found.head().anchor());
            }
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "no audit anchor: {0}", e.getMessage());
        }
    }
}
