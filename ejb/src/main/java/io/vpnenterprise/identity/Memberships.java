package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Who belongs to which organisation: the one place that decides whether somebody may touch what an organisation has. Whoever
 * is no member learns nothing, not even that it exists; a member whose role is too small learns that.
 */
@ApplicationScoped
public class Memberships {

    /** What all that read an organisation select. */
    static final String ORGANISATION = """
            o.id, o.name, o.tier, o.max_users, o.max_devices_per_user, o.created_at,
            (SELECT count(*) FROM organisation_members c WHERE c.organisation_id = o.id) AS members""";

    /** The caller's own; of an API key that was made for one organisation, that one alone. */
    static final String MINE = """
            FROM organisation_members m JOIN organisations o ON o.id = m.organisation_id
            WHERE m.user_id = ? AND o.deleted_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM api_keys k WHERE k.id = ? AND k.organisation_id <> o.id)""";

    @Inject
    Sql sql;

    @Inject
    IdentityConfig config;

    /**
     * The caller's membership.
     *
     * @throws VpnException {@code ORGANISATION_NOT_FOUND} when he is no member, {@code ORGANISATION_ROLE_TOO_LOW} when his
     *     role is less than this
     */
    public Membership require(Caller caller, UUID organisationId, OrganisationRole least) {
        Membership membership = sql.first(
                        "SELECT m.role, " + ORGANISATION + " " + MINE + " AND o.id = ?",
                        Memberships::membership,
                        caller.userId(),
                        caller.credential().id(),
                        organisationId)
                .orElseThrow(() -> notFound(organisationId));
        if (!membership.role().isAtLeast(least)) {
            throw new VpnException(
                    IdentityError.ORGANISATION_ROLE_TOO_LOW,
                    "this takes " + least.label() + ", and you are "
                            + membership.role().label());
        }
        return membership;
    }

    /** As {@link #require}, and nobody else changes the organisation's members until the transaction ends. */
    Membership requireToChange(Caller caller, UUID organisationId, OrganisationRole least) {
        lock(organisationId);
        return require(caller, organisationId, least);
    }

    /**
     * To be asked where a caller would come to another organisation.
     *
     * @throws VpnException {@code API_KEY_OF_ORGANISATION} by a key that was made for one
     */
    void requireNotOfOne(Caller caller) {
        sql.first(
                        "SELECT 1 FROM api_keys WHERE id = ? AND organisation_id IS NOT NULL",
                        row -> true,
                        caller.credential().id())
                .ifPresent(bound -> {
                    throw new VpnException(IdentityError.API_KEY_OF_ORGANISATION);
                });
    }

    /** Makes all who change an organisation's members take turns. */
    void lock(UUID organisationId) {
        sql.first("SELECT 1 FROM organisations WHERE id = ? FOR NO KEY UPDATE", row -> true, organisationId);
    }

    /**
     * Keeps a user from owning more organisations than he may, until the transaction ends. Who makes or gives him one as an
     * admin of the platform does not ask.
     *
     * @throws VpnException {@code ORGANISATION_LIMIT_REACHED}
     */
    void requireRoomToOwn(UUID userId) {
        // Two requests must not both see the last free place.
        sql.lock("organisations/" + userId);
        long owned = sql.first("""
                        SELECT count(*) FROM organisation_members m JOIN organisations o ON o.id = m.organisation_id
                        WHERE m.user_id = ? AND m.role = 'OWNER' AND o.deleted_at IS NULL""", row -> row.getLong(1), userId).orElseThrow();
        if (owned >= config.organisationsPerUser()) {
            throw new VpnException(
                    IdentityError.ORGANISATION_LIMIT_REACHED, "at most " + config.organisationsPerUser());
        }
    }

    /**
     * What users may have by their organisations, one entry for each that says something; users without an organisation are
     * absent. An organisation of the free tier, which everybody makes for himself, gives nobody more than the platform does.
     *
     * @param platform what counts where nobody says anything
     */
    public Map<UUID, List<Limits>> limits(Collection<UUID> userIds, Limits platform) {
        record Said(UUID userId, Limits limits) {}
        return sql
                .list(
                        """
                        SELECT m.user_id, o.tier, o.max_devices_per_user AS devices, o.max_connections_per_user AS connections,
                               o.monthly_bytes_per_user AS monthly_bytes, o.kbit_per_second_per_user AS kbit_per_second,
                               o.access_ends_at
                        FROM organisation_members m JOIN organisations o ON o.id = m.organisation_id
                        WHERE m.user_id = ANY (?) AND o.deleted_at IS NULL""",
                        row -> {
                            Limits said = Limits.read(row);
                            boolean free = Tier.valueOf(row.getString("tier")) == Tier.FREE;
                            return new Said(Sql.uuid(row, "user_id"), free ? said.atMost(platform) : said);
                        },
                        List.copyOf(userIds))
                .stream()
                .collect(Collectors.groupingBy(Said::userId, Collectors.mapping(Said::limits, Collectors.toList())));
    }

    static VpnException notFound(UUID organisationId) {
        return new VpnException(IdentityError.ORGANISATION_NOT_FOUND, String.valueOf(organisationId));
    }

    static Membership membership(ResultSet row) throws SQLException {
        return new Membership(organisation(row), OrganisationRole.valueOf(row.getString("role")));
    }

    static Organisation organisation(ResultSet row) throws SQLException {
        return new Organisation(
                Sql.uuid(row, "id"),
                row.getString("name"),
                Tier.valueOf(row.getString("tier")),
                row.getInt("max_users"),
                row.getInt("max_devices_per_user"),
                Sql.time(row, "created_at").orElseThrow(),
                row.getInt("members"));
    }
}
