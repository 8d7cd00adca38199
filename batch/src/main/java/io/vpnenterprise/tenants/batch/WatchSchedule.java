package io.vpnenterprise.tenants.batch;

import io.vpnenterprise.tenants.TenantWatch;
import io.vpnenterprise.tenants.TenantsConfig;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.Timer;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks after the sessions and the storage of tenants' databases, and compacts those that are full. Two timers: a compaction
 * may take minutes.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class WatchSchedule {

    private static final Logger LOG = Logger.getLogger(WatchSchedule.class.getName());

    private final Map<String, AtomicBoolean> atWork =
            Map.of("watch", new AtomicBoolean(), "compaction", new AtomicBoolean());

    @Inject
    io.vpnenterprise.platform.Startup startup;

    @Resource
    TimerService timers;

    @Inject
    TenantWatch watch;

    @Inject
    TenantsConfig config;

    @PostConstruct
    void start() {
        startup.done();
        long every = config.watchEvery().toMillis();
        atWork.keySet().forEach(duty -> timers.createIntervalTimer(every, every, new TimerConfig(duty, false)));
    }

    @Timeout
    void look(Timer timer) {
        AtomicBoolean here = atWork.get(String.valueOf(timer.getInfo()));
        if (!here.compareAndSet(false, true)) {
            return;
        }
        try {
            if (timer.getInfo().equals("watch")) {
                watch.look();
            } else {
                watch.compact();
            }
        } catch (RuntimeException e) {
            // A database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "tenants were not looked after: {0}", e.getMessage());
        } finally {
            here.set(false);
        }
    }
}
