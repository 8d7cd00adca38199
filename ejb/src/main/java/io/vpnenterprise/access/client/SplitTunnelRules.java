package io.vpnenterprise.access.client;

import io.vpnenterprise.access.Devices;
import io.vpnenterprise.identity.UserRows;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A member's split tunnel rules. Somebody else's are not found, as if there were none. */
@Stateless
public class SplitTunnelRules {

    private static final String SELECT = """
            SELECT id, include, network::text AS network, device_id, platform, enabled, priority, description, created_at
            FROM split_tunnel_rules WHERE user_id = ?""";

    @Inject
    Sql sql;

    @Inject
    Devices devices;

    @Inject
    UserRows users;

    @Inject
    Outbox outbox;

    @Inject
    ClientsConfig config;

    public Page<SplitTunnelRule> page(Caller caller, Page.Request request) {
        return Page.of(
                sql.list(
                        SELECT + " ORDER BY priority DESC, created_at, id LIMIT ? OFFSET ?",
                        SplitTunnelRules::rule,
                        caller.userId(),
                        request.pageSize(),
                        request.offset()),
                count(caller),
                request);
    }

    public SplitTunnelRule require(Caller caller, UUID ruleId) {
        return sql.first(SELECT + " AND id = ?", SplitTunnelRules::rule, caller.userId(), ruleId)
                .orElseThrow(() -> notFound(ruleId));
    }

    public SplitTunnelRule add(Caller caller, SplitTunnelRule.Spec spec) {
        requireDevice(caller, spec);
        requireRoom(caller);
        UUID id = UUID.randomUUID();
        sql.update(
                """
                INSERT INTO split_tunnel_rules (id, user_id, include, network, device_id, platform, enabled, priority,
                                                description, created_at)
                VALUES (?, ?, ?, ?::cidr, ?::uuid, ?, ?, ?, ?, now())""",
                id,
                caller.userId(),
                spec.include(),
                spec.network(),
                spec.deviceId().map(UUID::toString).orElse(null),
                spec.platform().map(Platform::name).orElse(null),
                spec.enabled(),
                spec.priority(),
                spec.description());
        tell(caller, "split-tunnel-rule.added", id, spec.network());
        return require(caller, id);
    }

    /** Replaces what a rule says; configurations that clients have already stay as they are. */
    public SplitTunnelRule change(Caller caller, UUID ruleId, SplitTunnelRule.Spec spec) {
        requireDevice(caller, spec);
        int changed = sql.update(
                """
                UPDATE split_tunnel_rules SET include = ?, network = ?::cidr, device_id = ?::uuid, platform = ?,
                    enabled = ?, priority = ?, description = ?
                WHERE user_id = ? AND id = ?""",
                spec.include(),
                spec.network(),
                spec.deviceId().map(UUID::toString).orElse(null),
                spec.platform().map(Platform::name).orElse(null),
                spec.enabled(),
                spec.priority(),
                spec.description(),
                caller.userId(),
                ruleId);
        if (changed == 0) {
            throw notFound(ruleId);
        }
        tell(caller, "split-tunnel-rule.changed", ruleId, spec.network());
        return require(caller, ruleId);
    }

    public void remove(Caller caller, UUID ruleId) {
        String network = sql.first(
                        "DELETE FROM split_tunnel_rules WHERE user_id = ? AND id = ? RETURNING network::text",
                        row -> row.getString(1),
                        caller.userId(),
                        ruleId)
                .orElseThrow(() -> notFound(ruleId));
        tell(caller, "split-tunnel-rule.removed", ruleId, network);
    }

    /** The enabled ones for a device on a platform; without a platform, those for all platforms. */
    public List<SplitTunnelRule.Spec> applying(Caller caller, UUID deviceId, Optional<Platform> platform) {
        return sql.list(
                SELECT + " AND enabled AND (device_id IS NULL OR device_id = ?) AND (platform IS NULL OR platform = ?)",
                row -> rule(row).spec(),
                caller.userId(),
                deviceId,
                platform.map(Platform::name).orElse(""));
    }

    private void requireDevice(Caller caller, SplitTunnelRule.Spec spec) {
        spec.deviceId().ifPresent(deviceId -> devices.require(caller, deviceId));
    }

    private void requireRoom(Caller caller) {
        users.requireActive(caller.userId());
        // Two requests of one member must not both see the last free place.
        sql.lock("split-tunnel-rules/" + caller.userId());
        if (count(caller) >= config.splitTunnelRulesPerUser()) {
            throw new VpnException(
                    ClientError.SPLIT_TUNNEL_LIMIT_REACHED, "at most " + config.splitTunnelRulesPerUser());
        }
    }

    private long count(Caller caller) {
        return sql.first(
                        "SELECT count(*) FROM split_tunnel_rules WHERE user_id = ?",
                        row -> row.getLong(1),
                        caller.userId())
                .orElseThrow();
    }

    private void tell(Caller caller, String action, UUID ruleId, String network) {
        outbox.add(AuditEvent.by(caller, action).on("split-tunnel-rule", ruleId, network));
    }

    private static VpnException notFound(UUID ruleId) {
        return new VpnException(ClientError.SPLIT_TUNNEL_RULE_NOT_FOUND, String.valueOf(ruleId));
    }

    private static SplitTunnelRule rule(ResultSet row) throws SQLException {
        return new SplitTunnelRule(
                Sql.uuid(row, "id"),
                new SplitTunnelRule.Spec(
                        row.getBoolean("include"),
                        row.getString("network"),
                        Optional.ofNullable(Sql.uuid(row, "device_id")),
                        Optional.ofNullable(row.getString("platform")).map(Platform::valueOf),
                        row.getBoolean("enabled"),
                        row.getInt("priority"),
                        row.getString("description")),
                Sql.time(row, "created_at").orElseThrow());
    }
}
