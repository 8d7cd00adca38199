package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Organisations: what their members do with them, as far as {@link Memberships} lets them, and, in the methods that are
 * called {@code managed}, what the platform's admins do.
 */
@Stateless
public class Organisations {

    private static final String FOUND = " FROM organisations o WHERE o.deleted_at IS NULL AND lower(o.name) LIKE ?";

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    Memberships memberships;

    @Inject
    UserRows users;

    @Inject
    ApiKeyStandings apiKeyStandings;

    /** Those that the caller belongs to. */
    public Page<Membership> mine(Caller caller, Page.Request request) {
        UUID credential = caller.credential().id();
        long total = sql.first(
                        "SELECT count(*) " + Memberships.MINE, row -> row.getLong(1), caller.userId(), credential)
                .orElseThrow();
        return Page.of(
                sql.list(
                        "SELECT m.role, " + Memberships.ORGANISATION + " " + Memberships.MINE
                                + " ORDER BY o.created_at DESC, o.id LIMIT ? OFFSET ?",
                        Memberships::membership,
                        caller.userId(),
                        credential,
                        request.pageSize(),
                        request.offset()),
                total,
                request);
    }

    public Membership require(Caller caller, UUID organisationId) {
        return memberships.require(caller, organisationId, OrganisationRole.VIEWER);
    }

    /** Makes a free organisation that the caller owns. */
    public Membership add(Caller caller, String name) {
        OrganisationSpec spec = OrganisationSpec.of(name, null, null, null);
        memberships.requireNotOfOne(caller);
        users.requireActive(caller.userId());
        memberships.requireRoomToOwn(caller.userId());
        return memberships.require(caller, insert(caller, caller.userId(), spec), OrganisationRole.OWNER);
    }

    public Membership rename(Caller caller, UUID organisationId, String name) {
        OrganisationSpec.requireName(name);
        Membership before = memberships.requireToChange(caller, organisationId, OrganisationRole.OWNER);
        sql.update("UPDATE organisations SET name = ? WHERE id = ?", name, organisationId);
        outbox.add(event(caller, "organisation.updated", organisationId, name)
                .with("before", before.organisation().name()));
        return memberships.require(caller, organisationId, OrganisationRole.OWNER);
    }

    public void delete(Caller caller, UUID organisationId) {
        Membership membership = memberships.requireToChange(caller, organisationId, OrganisationRole.OWNER);
        remove(caller, organisationId, membership.organisation().name());
    }

    /** All that there are, the newest first. */
    public Page<Organisation> managed(String search, Page.Request request) {
        String pattern = UserSearch.containing(search == null ? "" : search.toLowerCase(Locale.ROOT));
        return Page.of(
                sql.list(
                        "SELECT " + Memberships.ORGANISATION + FOUND
                                + " ORDER BY o.created_at DESC, o.id LIMIT ? OFFSET ?",
                        Memberships::organisation,
                        pattern,
                        request.pageSize(),
                        request.offset()),
                sql.first("SELECT count(*)" + FOUND, row -> row.getLong(1), pattern)
                        .orElseThrow(),
                request);
    }

    public Organisation requireManaged(UUID organisationId) {
        return sql.first(
                        "SELECT " + Memberships.ORGANISATION
                                + " FROM organisations o WHERE o.id = ? AND o.deleted_at IS NULL",
                        Memberships::organisation,
                        organisationId)
                .orElseThrow(() -> Memberships.notFound(organisationId));
    }

    /**
     * Makes an organisation for somebody who will own it: every one has an owner.
     *
     * @throws VpnException {@code USER_NOT_FOUND}, also when he may not come in
     */
    public Organisation addManaged(Caller caller, UUID ownerId, OrganisationSpec spec) {
        // As UserRows.requireActive, whose error would be about the caller.
        sql.first("SELECT 1 FROM users WHERE id = ? AND state = 'ACTIVE' FOR SHARE", row -> true, ownerId)
                .orElseThrow(() -> VpnException.ofField(IdentityError.USER_NOT_FOUND, "ownerId", null));
        return requireManaged(insert(caller, ownerId, spec));
    }

    public Organisation updateManaged(Caller caller, UUID organisationId, OrganisationChange change) {
        memberships.lock(organisationId);
        Organisation before = requireManaged(organisationId);
        OrganisationSpec spec = change.of(before);
        long seats = seatsTaken(sql, organisationId);
        if (spec.maxUsers() < seats) {
            throw VpnException.ofField(IdentityError.ORGANISATION_FULL, "maxUsers", seats + " places are taken");
        }
        sql.update(
                "UPDATE organisations SET name = ?, tier = ?, max_users = ?, max_devices_per_user = ? WHERE id = ?",
                spec.name(),
                spec.tier(),
                spec.maxUsers(),
                spec.maxDevicesPerUser(),
                organisationId);
        outbox.add(event(caller, "organisation.updated", organisationId, spec.name())
                .with("before", before.name() + ", " + before.tier().label())
                .with("tier", spec.tier().label())
                .with("maxUsers", spec.maxUsers())
                .with("maxDevicesPerUser", spec.maxDevicesPerUser()));
        return requireManaged(organisationId);
    }

    /** What an organisation lets each of its members have; of devices it always says something. */
    public Limits managedLimits(UUID organisationId) {
        requireManaged(organisationId);
        return sql.first("""
                        SELECT max_devices_per_user AS devices, max_connections_per_user AS connections,
                               monthly_bytes_per_user AS monthly_bytes, kbit_per_second_per_user AS kbit_per_second,
                               access_ends_at
                        FROM organisations WHERE id = ?""", row -> Limits.read(row), organisationId).orElseThrow();
    }

    /** Decides what each member may have, but for devices, which come with the organisation. */
    public void limitManaged(Caller caller, UUID organisationId, Limits limits) {
        memberships.lock(organisationId);
        Organisation organisation = requireManaged(organisationId);
        sql.update(
                """
                UPDATE organisations SET max_connections_per_user = ?, monthly_bytes_per_user = ?,
                    kbit_per_second_per_user = ?, access_ends_at = ? WHERE id = ?""",
                limits.connections().orElse(null),
                limits.monthlyBytes().orElse(null),
                limits.kbitPerSecond().orElse(null),
                limits.accessEndsAt().orElse(null),
                organisationId);
        outbox.add(event(caller, "organisation.updated", organisationId, organisation.name())
                .with("connections", said(limits.connections()))
                .with("monthlyBytes", said(limits.monthlyBytes()))
                .with("kbitPerSecond", said(limits.kbitPerSecond()))
                .with("accessEndsAt", said(limits.accessEndsAt())));
    }

    private static String said(Optional<?> limit) {
        return limit.map(Object::toString).orElse("nothing");
    }

    public void deleteManaged(Caller caller, UUID organisationId) {
        memberships.lock(organisationId);
        remove(caller, organisationId, requireManaged(organisationId).name());
    }

    /**
     * Deletes what a user owns alone, as part of deleting him.
     *
     * @throws VpnException {@code OWNS_ORGANISATIONS} when others belong to it: somebody must own it first
     */
    public void leaveBehind(Caller caller, UUID userId) {
        // All that he belongs to: none of them may make him its last owner, or lose its other owner, meanwhile.
        sql.list("""
                SELECT o.id FROM organisations o JOIN organisation_members m ON m.organisation_id = o.id
                WHERE m.user_id = ? AND o.deleted_at IS NULL ORDER BY o.id FOR NO KEY UPDATE OF o""", row -> true, userId);
        List<Organisation> owned =
                sql.list("SELECT " + Memberships.ORGANISATION + """
                         FROM organisations o JOIN organisation_members m ON m.organisation_id = o.id
                        WHERE m.user_id = ? AND m.role = 'OWNER' AND o.deleted_at IS NULL AND NOT EXISTS (
                            SELECT 1 FROM organisation_members other JOIN users u ON u.id = other.user_id
                            WHERE other.organisation_id = o.id AND other.role = 'OWNER' AND other.user_id <> m.user_id
                              AND u.state = 'ACTIVE')""", Memberships::organisation, userId);
        String shared = owned.stream()
                .filter(organisation -> organisation.members() > 1)
                .map(Organisation::name)
                .limit(10)
                .collect(Collectors.joining(", "));
        if (!shared.isEmpty()) {
            throw new VpnException(IdentityError.OWNS_ORGANISATIONS, shared);
        }
        owned.forEach(organisation -> remove(caller, organisation.id(), organisation.name()));
    }

    /** Members and waiting invitations. */
    static long seatsTaken(Sql sql, UUID organisationId) {
        return sql.first("""
                        SELECT (SELECT count(*) FROM organisation_members WHERE organisation_id = ?)
                             + (SELECT count(*) FROM invitations
                                WHERE organisation_id = ? AND ended_at IS NULL AND expires_at > now())""", row -> row.getLong(1), organisationId, organisationId)
                .orElseThrow();
    }

    private UUID insert(Caller caller, UUID ownerId, OrganisationSpec spec) {
        UUID id = UUID.randomUUID();
        OffsetDateTime now = OffsetDateTime.now();
        sql.update("""
                INSERT INTO organisations (id, name, tier, max_users, max_devices_per_user, created_at)
                VALUES (?, ?, ?, ?, ?, ?)""", id, spec.name(), spec.tier(), spec.maxUsers(), spec.maxDevicesPerUser(), now);
        sql.update(
                "INSERT INTO organisation_members (organisation_id, user_id, role, joined_at) VALUES (?, ?, 'OWNER', ?)",
                id,
                ownerId,
                now);
        outbox.add(event(caller, "organisation.created", id, spec.name())
                .concerning(ownerId)
                .with("tier", spec.tier().label()));
        return id;
    }

    private void remove(Caller caller, UUID organisationId, String name) {
        List<UUID> members = sql.list(
                "DELETE FROM organisation_members WHERE organisation_id = ? RETURNING user_id",
                row -> Sql.uuid(row, "user_id"),
                organisationId);
        // Not removed: whoever sent them has sent them, and may send only so many a day.
        sql.update("""
                UPDATE invitations SET ended_at = now(), sealed_token = NULL
                WHERE organisation_id = ? AND ended_at IS NULL""", organisationId);
        sql.update("UPDATE organisations SET deleted_at = now() WHERE id = ?", organisationId);
        members.forEach(apiKeyStandings::forgetUser);
        outbox.add(event(caller, "organisation.deleted", organisationId, name).of(AuditEvent.Severity.WARNING));
    }

    private static AuditEvent event(Caller caller, String action, UUID organisationId, String name) {
        return AuditEvent.by(caller, action)
                .on("organisation", organisationId, name)
                .in(organisationId);
    }
}
