package io.vpnenterprise.query;

import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.tenants.TenantError;
import io.vpnenterprise.tenants.TenantSession;
import io.vpnenterprise.tenants.TenantSessions;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Ends sessions' work when its time is over. A statement can lift PostgreSQL's own limit of time and a function can catch a
 * cancel, so it is the process that ends. Thread-safe.
 */
@ApplicationScoped
class Deadlines {

    private static final Logger LOG = Logger.getLogger(Deadlines.class.getName());

    /** That the server has ended the process is heard within this; else the connection is dead. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    @Inject
    TenantSessions sessions;

    @Resource(lookup = "java:comp/DefaultManagedScheduledExecutorService")
    ScheduledExecutorService alarms;

    /** One that is set. */
    record Deadline(AtomicBoolean over, Future<?> alarm) implements AutoCloseable {
        boolean isOver() {
            return over.get();
        }

        /** The work has ended. */
        @Override
        public void close() {
            alarm.cancel(false);
        }
    }

    /** @param backend the session's */
    Deadline set(TenantSession session, QueryRows.Backend backend, Duration limit) {
        int heard = Math.toIntExact(limit.plus(GRACE).toMillis());
        try {
            session.connection().setNetworkTimeout(Runnable::run, heard);
        } catch (SQLException e) {
            throw new VpnException(TenantError.CLUSTER_UNAVAILABLE, "SQLSTATE " + e.getSQLState(), e);
        }
        AtomicBoolean over = new AtomicBoolean();
        Runnable end = () -> {
            over.set(true);
            try {
                sessions.end(session.tenantId(), backend.pid(), backend.start());
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a query is not ended in time: {0}", e.getMessage());
            }
        };
        return new Deadline(over, alarms.schedule(end, limit.toMillis(), TimeUnit.MILLISECONDS));
    }
}
