package io.vpnenterprise.query;

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

/** Ends, every few seconds, paged queries whose next page nobody asked for. */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class PagesClock {

    private static final Logger LOG = Logger.getLogger(PagesClock.class.getName());

    private static final long TICK_MILLIS = 2_000;

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Inject
    HeldPages pages;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(TICK_MILLIS, TICK_MILLIS, new TimerConfig("pages", false));
    }

    @Timeout
    void tick() {
        try {
            pages.endOld();
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "paged queries stay for now: {0}", e.getMessage());
        }
    }
}
