package io.vpnenterprise.query;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.tenants.TenantMemberships;
import io.vpnenterprise.tenants.TenantRole;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.UUID;

/** Queries that members keep, for themselves or for all of a tenant. */
@Stateless
public class SavedQueries {

    private static final int MOST_OF_A_MEMBER = 1_000;
    private static final int MOST_OF_A_NAME = 100;

    private static final String SEEN = """
             FROM saved_queries q JOIN users u ON u.id = q.user_id
            WHERE q.tenant_id = ? AND (q.user_id = ? OR q.shared)""";

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    TenantMemberships memberships;

    /** The caller's own and those that others share, by name. */
    public Page<SavedQuery> list(Caller caller, UUID tenantId, Page.Request request) {
        memberships.require(caller, tenantId, TenantRole.VIEWER);
        return Page.of(
                sql.list(
                        "SELECT q.*, u.email, q.user_id = ? AS own" + SEEN + " ORDER BY q.name, q.id LIMIT ? OFFSET ?",
                        SavedQuery::read,
                        caller.userId(),
                        tenantId,
                        caller.userId(),
                        request.pageSize(),
                        request.offset()),
                sql.first("SELECT count(*)" + SEEN, row -> row.getLong(1), tenantId, caller.userId())
                        .orElseThrow(),
                request);
    }

    public SavedQuery require(Caller caller, UUID tenantId, UUID id) {
        memberships.require(caller, tenantId, TenantRole.VIEWER);
        return sql.first(
                        "SELECT q.*, u.email, q.user_id = ? AS own" + SEEN + " AND q.id = ?",
                        SavedQuery::read,
                        caller.userId(),
                        tenantId,
                        caller.userId(),
                        id)
                .orElseThrow(() -> notFound(id));
    }

    public SavedQuery add(Caller caller, UUID tenantId, String name, String text, boolean shared) {
        requireSense(name, text);
        memberships.require(caller, tenantId, TenantRole.VIEWER);
        // Two requests must not both see the last free place.
        sql.lock("saved-queries/" + tenantId + "/" + caller.userId());
        long own = sql.first(
                        "SELECT count(*) FROM saved_queries WHERE tenant_id = ? AND user_id = ?",
                        row -> row.getLong(1),
                        tenantId,
                        caller.userId())
                .orElseThrow();
        if (own >= MOST_OF_A_MEMBER) {
            throw new VpnException(QueryError.SAVED_QUERY_LIMIT_REACHED, "at most " + MOST_OF_A_MEMBER);
        }
        UUID id = UUID.randomUUID();
        int added = sql.update("""
                INSERT INTO saved_queries (id, tenant_id, user_id, name, sql, shared) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT ON CONSTRAINT saved_queries_name DO NOTHING""", id, tenantId, caller.userId(), name, text, shared);
        if (added == 0) {
            throw VpnException.ofField(QueryError.SAVED_QUERY_NAME_TAKEN, "name", null);
        }
        outbox.add(event(caller, "saved-query.added", tenantId, id, name));
        return require(caller, tenantId, id);
    }

    /** Changes one of the caller's own. */
    public SavedQuery change(Caller caller, UUID tenantId, UUID id, String name, String text, boolean shared) {
        requireSense(name, text);
        requireOwn(caller, tenantId, id);
        boolean taken = sql.first(
                        "SELECT 1 FROM saved_queries WHERE tenant_id = ? AND user_id = ? AND name = ? AND id <> ?",
                        row -> true,
                        tenantId,
                        caller.userId(),
                        name,
                        id)
                .isPresent();
        if (taken) {
            throw VpnException.ofField(QueryError.SAVED_QUERY_NAME_TAKEN, "name", null);
        }
        sql.update(
                "UPDATE saved_queries SET name = ?, sql = ?, shared = ?, changed_at = now() WHERE id = ?",
                name,
                text,
                shared,
                id);
        outbox.add(event(caller, "saved-query.changed", tenantId, id, name));
        return require(caller, tenantId, id);
    }

    /** Removes one of the caller's own. */
    public void remove(Caller caller, UUID tenantId, UUID id) {
        SavedQuery removed = requireOwn(caller, tenantId, id);
        sql.update("DELETE FROM saved_queries WHERE id = ?", id);
        outbox.add(event(caller, "saved-query.removed", tenantId, id, removed.name()));
    }

    private SavedQuery requireOwn(Caller caller, UUID tenantId, UUID id) {
        SavedQuery found = require(caller, tenantId, id);
        if (!found.own()) {
            throw notFound(id);
        }
        return found;
    }

    private static void requireSense(String name, String text) {
        if (name == null || name.isBlank() || name.length() > MOST_OF_A_NAME || name.indexOf(0) >= 0) {
            throw VpnException.ofField(QueryError.INVALID_SAVED_QUERY, "name", null);
        }
        QueryRequest.requireText(text);
    }

    private static AuditEvent event(Caller caller, String action, UUID tenantId, UUID id, String name) {
        return AuditEvent.by(caller, action).on("saved-query", id, name).with("tenant", tenantId);
    }

    private static VpnException notFound(UUID id) {
        return new VpnException(QueryError.SAVED_QUERY_NOT_FOUND, id.toString());
    }
}
