package io.vpnenterprise.identity;

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

/** Follows the signing keys every second, on every application node. */
@Singleton
@jakarta.ejb.Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class KeyClock {

    private static final Logger LOG = Logger.getLogger(KeyClock.class.getName());

    private static final long TICK_MILLIS = 1_000;

    @Inject
    Startup startup;

    @Resource
    TimerService timers;

    @Inject
    SigningKeys keys;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(TICK_MILLIS, TICK_MILLIS, new TimerConfig("signing-keys", false));
    }

    @Timeout
    void tick() {
        try {
            keys.followAndRotateWhenDue();
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "signing keys not followed: {0}", e.getMessage());
        }
    }
}
