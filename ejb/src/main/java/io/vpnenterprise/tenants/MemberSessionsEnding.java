package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.OutboxEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.UUID;

/**
 * Ends what members have open in databases when they may less than before. From then on each new session asks for the
 * membership anew; this is about those that are open.
 */
@ApplicationScoped
class MemberSessionsEnding {

    private static final Set<String> ENDS_ALL = Set.of("user.suspended", "user.deleted");
    private static final Set<String> ENDS_THOSE_OF_A_TENANT =
            Set.of("tenant-member.role-changed", "tenant-member.removed", "tenant-member.left");

    @Inject
    TenantsConfig config;

    @Inject
    TenantCluster cluster;

    @Inject
    TenantMemberships memberships;

    void hear(@Observes OutboxEvent event) {
        if (config.cluster().isPresent()) {
            event.as(AuditEvent.class).ifPresent(this::hear);
        }
    }

    private void hear(AuditEvent happened) {
        if (ENDS_ALL.contains(happened.action())) {
            end(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = ?",
                    TenantCluster.programOf(happened.subjectId()));
        } else if (ENDS_THOSE_OF_A_TENANT.contains(happened.action())) {
            memberships
                    .databaseName(UUID.fromString(happened.details().get("tenant")))
                    .ifPresent(database -> end(
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                    + " WHERE application_name = ? AND datname = ?",
                            TenantCluster.programOf(happened.subjectId()),
                            database));
        }
    }

    private void end(String sql, Object... arguments) {
        try (ClusterSession session = cluster.open()) {
            session.first(sql, arguments);
        }
    }
}
