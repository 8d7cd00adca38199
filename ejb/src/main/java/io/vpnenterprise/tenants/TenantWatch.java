package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Holds the limits that PostgreSQL does not hold by itself, on one application node at a time: how long statements and
 * transactions last, and how much a database takes on disk.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class TenantWatch {

    private static final Logger LOG = Logger.getLogger(TenantWatch.class.getName());

    /** So long after a node died another one looks. */
    private static final Duration DUTY = Duration.ofSeconds(5);

    /** Where nothing runs nothing grows, but for what the server does by itself. */
    private static final Duration MEASURED_AT_LEAST_EVERY = Duration.ofMinutes(1);

    /** A held database grows by less: by hint bits, free space maps and statistics. */
    private static final long GROWTH_OF_HELD = 1_048_576;

    @Inject
    TenantsConfig config;

    @Inject
    TenantCluster cluster;

    @Inject
    PostgresDatabases databases;

    @Inject
    PostgresStorage storage;

    @Inject
    StorageRows rows;

    /** Looks once. */
    public void look() {
        if (config.cluster().isEmpty() || !rows.isOnDuty("watch", DUTY.plus(config.watchEvery()))) {
            return;
        }
        List<StorageRows.Watched> tenants = rows.watched();
        if (tenants.isEmpty()) {
            return;
        }
        try (ClusterSession session = cluster.open()) {
            PostgresWatchdog.endOverdue(session, tenants).ifPresent(ended -> LOG.log(Level.INFO, "ended: {0}", ended));
            PostgresWatchdog.withAlteredSettings(session, tenants)
                    .ifPresent(names -> resetSettings(session, tenants, names));
            measure(session, tenants);
        }
    }

    private void measure(ClusterSession session, List<StorageRows.Watched> tenants) {
        Set<String> busy = new HashSet<>(storage.busy(
                session, tenants.stream().map(t -> t.tenant().databaseName()).toList()));
        OffsetDateTime old = OffsetDateTime.now().minus(MEASURED_AT_LEAST_EVERY);
        List<StorageRows.Watched> due = tenants.stream()
                .filter(t -> busy.contains(t.tenant().databaseName())
                        || t.state() == StorageState.RESTRICTED
                        || t.held()
                        || t.measuredAt().map(old::isAfter).orElse(true))
                .toList();
        Map<String, Long> sizes = storage.sizes(
                session, due.stream().map(t -> t.tenant().databaseName()).toList());
        rows.measured(due, sizes);
        for (StorageRows.Watched before : due) {
            Long used = sizes.get(before.tenant().databaseName());
            if (used != null) {
                StorageState next = before.state().next(used, before.plan().maxStorageBytes());
                each(before, t -> enforce(session, t, t.with(next, used)));
            }
        }
    }

    private void enforce(ClusterSession session, StorageRows.Watched before, StorageRows.Watched now) {
        DatabaseNames names = now.tenant().names();
        boolean full = now.state() == StorageState.RESTRICTED;
        if (full && !now.held()) {
            storage.shut(session, names);
            storage.hold(names);
            rows.held(now, true);
            LOG.log(Level.INFO, "tenant {0} is restricted at {1} bytes", new Object[] {
                now.tenant().id(), now.usedBytes()
            });
        } else if (full && now.usedBytes() > before.usedBytes() + GROWTH_OF_HELD) {
            storage.stopGrowth(session, names);
        } else if (!full && now.held()) {
            storage.release(names);
            rows.held(now, false);
            LOG.log(Level.INFO, "tenant {0} works again at {1} bytes", new Object[] {
                now.tenant().id(), now.usedBytes()
            });
        }
    }

    private void resetSettings(ClusterSession session, List<StorageRows.Watched> tenants, String databaseNames) {
        Set<String> altered = Set.of(databaseNames.split(","));
        tenants.stream()
                .filter(t -> altered.contains(t.tenant().databaseName()))
                .forEach(tenant -> each(tenant, t -> {
                    DatabaseNames names = t.tenant().names();
                    for (String login : names.logins()) {
                        session.run("ALTER ROLE " + login + " RESET ALL");
                        session.run("ALTER ROLE " + login + " IN DATABASE " + names.database() + " RESET ALL");
                    }
                    session.run(PostgresStorage.asRole(names, t.held()));
                    databases.applyLimits(names, t.plan());
                    LOG.log(
                            Level.WARNING,
                            "settings of the logins of tenant {0} were reset: somebody had changed them",
                            t.tenant().id());
                }));
    }

    /** Gives room back to databases that are over their limit, where rows were removed. */
    public void compact() {
        if (config.cluster().isEmpty() || !rows.isOnDuty("compaction", DUTY.plus(config.watchEvery()))) {
            return;
        }
        rows.watched().stream()
                .filter(t -> t.state() == StorageState.RESTRICTED && t.held())
                .forEach(tenant -> each(tenant, t -> {
                    long over = t.usedBytes()
                            - StorageState.RESTRICTED.bytesOfEnd(t.plan().maxStorageBytes());
                    // By rows it is an estimate: those that went may have been the large ones.
                    storage.compact(t.tenant().names(), over / 2);
                }));
    }

    /** What fails for one tenant must not keep the others waiting. */
    private static void each(StorageRows.Watched tenant, Consumer<StorageRows.Watched> deed) {
        try {
            deed.accept(tenant);
        } catch (VpnException e) {
            LOG.log(
                    Level.WARNING,
                    "tenant " + tenant.tenant().id() + " was not looked after; the next look tries again",
                    e);
        }
    }
}
