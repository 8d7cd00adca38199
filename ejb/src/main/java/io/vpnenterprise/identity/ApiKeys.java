package io.vpnenterprise.identity;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * A member's API keys. Stored is a hash; the text is shown once. What a key may do is the least of its scopes and of its
 * owner's role at each call.
 */
@Stateless
public class ApiKeys {

    private static final Logger LOG = Logger.getLogger(ApiKeys.class.getName());

    /** A key that nobody renews is one that nobody looks after. */
    private static final Duration LONGEST_LIFE = Duration.ofDays(366);

    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{N}\\p{P}\\p{S}][\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{0,49}");

    private static final String SELECT =
            "SELECT id, organisation_id, name, preview, scopes, created_at, expires_at, last_used_at FROM api_keys WHERE user_id = ?";

    private final SecureRandom random = new SecureRandom();

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    UserRows users;

    @Inject
    Memberships memberships;

    @Inject
    Confirmations confirmations;

    @Inject
    ApiKeyStandings standings;

    @Inject
    IdentityConfig config;

    /**
     * Makes a key, for somebody who signed in just now.
     *
     * @param name 1 to 50 printable characters, unique among the member's keys
     * @param organisationId one that the caller belongs to, and whose tier has keys
     * @param scopes labels of {@link Scope}, at least one, each open to the caller's role; with an organisation, of
     *     {@code organisations} alone: all others reach beyond it
     * @param expiresAt in the future, at most a year ahead
     */
    public ApiKey.Made add(
            Caller caller,
            String name,
            Optional<UUID> organisationId,
            Collection<String> scopes,
            OffsetDateTime expiresAt) {
        confirmations.requireRecent(caller);
        requireName(name);
        Set<String> wanted = requireScopes(caller, scopes, organisationId.isPresent());
        OffsetDateTime now = OffsetDateTime.now();
        if (expiresAt == null || !expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(LONGEST_LIFE))) {
            throw VpnException.ofField(IdentityError.INVALID_EXPIRY, "expiresAt", null);
        }
        requireRoom(caller);
        organisationId.ifPresent(id -> requireOrganisation(caller, id));
        byte[] bytes = new byte[ApiKeyText.RANDOM_BYTES];
        random.nextBytes(bytes);
        String text = ApiKeyText.of(bytes);
        ApiKey key = insert(caller, name, organisationId, wanted, now, expiresAt, text);
        outbox.add(AuditEvent.by(caller, "api-key.created")
                .of(AuditEvent.Severity.WARNING)
                .on("api-key", key.id(), name)
                .with("scopes", String.join(" ", wanted))
                .with("expiresAt", expiresAt));
        LOG.log(Level.INFO, "user {0} made API key {1}", new Object[] {caller.userId(), key.id()});
        return new ApiKey.Made(key, text);
    }

    public Page<ApiKey> page(Caller caller, Page.Request request) {
        return Page.of(
                sql.list(
                        SELECT + " ORDER BY created_at DESC, id LIMIT ? OFFSET ?",
                        ApiKeys::key,
                        caller.userId(),
                        request.pageSize(),
                        request.offset()),
                count(caller),
                request);
    }

    public ApiKey require(Caller caller, UUID keyId) {
        return sql.first(SELECT + " AND id = ?", ApiKeys::key, caller.userId(), keyId)
                .orElseThrow(() -> notFound(keyId));
    }

    /** Revokes a key: it stops here at once, on the other application nodes within half a second. */
    public void remove(Caller caller, UUID keyId) {
        String name = sql.first(
                        "DELETE FROM api_keys WHERE user_id = ? AND id = ? RETURNING name",
                        row -> row.getString("name"),
                        caller.userId(),
                        keyId)
                .orElseThrow(() -> notFound(keyId));
        standings.forget(keyId);
        outbox.add(AuditEvent.by(caller, "api-key.revoked")
                .of(AuditEvent.Severity.WARNING)
                .on("api-key", keyId, name));
        LOG.log(Level.INFO, "user {0} revoked API key {1}", new Object[] {caller.userId(), keyId});
    }

    private ApiKey insert(
            Caller caller,
            String name,
            Optional<UUID> organisationId,
            Set<String> scopes,
            OffsetDateTime now,
            OffsetDateTime expiresAt,
            String text) {
        UUID id = UUID.randomUUID();
        try {
            sql.update(
                    """
                    INSERT INTO api_keys (id, user_id, organisation_id, name, key_hash, preview, scopes, created_at, expires_at)
                    VALUES (?, ?, ?::uuid, ?, ?, ?, ?, ?, ?)""",
                    id,
                    caller.userId(),
                    organisationId.map(UUID::toString).orElse(null),
                    name,
                    Secrets.hash(text),
                    ApiKeyText.preview(text),
                    scopes,
                    now,
                    expiresAt);
        } catch (VpnException e) {
            if (Sql.violates(e, "api_keys_name_key")) {
                throw VpnException.ofField(IdentityError.API_KEY_NAME_TAKEN, "name", name);
            }
            throw e;
        }
        return require(caller, id);
    }

    private void requireOrganisation(Caller caller, UUID organisationId) {
        // Locked: the membership, and the tier, are still so when the key is there.
        Membership membership = memberships.requireToChange(caller, organisationId, OrganisationRole.VIEWER);
        if (!membership.organisation().tier().has(Tier.Feature.API_ACCESS)) {
            throw VpnException.ofField(IdentityError.FEATURE_NOT_IN_TIER, "organisationId", "api_access");
        }
    }

    private void requireRoom(Caller caller) {
        users.requireActive(caller.userId());
        // Two requests of one member must not both see the last free place.
        sql.lock("api-keys/" + caller.userId());
        if (count(caller) >= config.apiKeysPerUser()) {
            throw new VpnException(IdentityError.API_KEY_LIMIT_REACHED, "at most " + config.apiKeysPerUser());
        }
    }

    private long count(Caller caller) {
        return sql.first("SELECT count(*) FROM api_keys WHERE user_id = ?", row -> row.getLong(1), caller.userId())
                .orElseThrow();
    }

    private static void requireName(String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw VpnException.ofField(IdentityError.INVALID_API_KEY_NAME, "name", null);
        }
    }

    private static Set<String> requireScopes(Caller caller, Collection<String> labels, boolean ofOrganisation) {
        if (labels == null || labels.isEmpty() || labels.size() > Scope.values().length) {
            throw VpnException.ofField(IdentityError.INVALID_SCOPE, "scopes", "one or more of " + Scope.labels());
        }
        for (String label : labels) {
            Scope scope = Scope.find(label)
                    .orElseThrow(() -> VpnException.ofField(
                            IdentityError.INVALID_SCOPE, "scopes", "one or more of " + Scope.labels()));
            if (!scope.isOpenTo(Role.of(caller))) {
                throw VpnException.ofField(IdentityError.SCOPE_NOT_PERMITTED, "scopes", label);
            }
            if (ofOrganisation && !scope.isOfOrganisations()) {
                throw VpnException.ofField(IdentityError.SCOPE_NOT_OF_ORGANISATION, "scopes", label);
            }
        }
        return new TreeSet<>(labels);
    }

    private static VpnException notFound(UUID keyId) {
        return new VpnException(IdentityError.API_KEY_NOT_FOUND, String.valueOf(keyId));
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                Sql.uuid(row, "id"),
                Optional.ofNullable(Sql.uuid(row, "organisation_id")),
                row.getString("name"),
                row.getString("preview"),
                List.copyOf(Arrays.asList((String[]) row.getArray("scopes").getArray())),
                Sql.time(row, "created_at").orElseThrow(),
                Sql.time(row, "expires_at").orElseThrow(),
                Sql.time(row, "last_used_at"));
    }
}
