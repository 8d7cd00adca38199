package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** As {@link Standings}, for API keys: found by their hash. Thread-safe. */
@ApplicationScoped
class ApiKeyStandings {

    /** Finer would cost a write for every call, and say nothing more to a person. */
    private static final Duration USE_NOTED_EVERY = Duration.ofMinutes(1);

    /** A key that was not revoked, and its owner as he stands now. */
    record Standing(
            UUID keyId,
            String name,
            Set<String> scopes,
            OffsetDateTime expiresAt,
            UUID userId,
            String email,
            Role role) {

        boolean isExpired() {
            return !expiresAt.isAfter(OffsetDateTime.now());
        }
    }

    /** Of a key's owner {@code u} and organisation {@code o}; takes the tiers that have keys. */
    static final String COUNTS = "u.state = 'ACTIVE' AND (o.id IS NULL OR o.tier = ANY (?))";

    @Inject
    Sql sql;

    /** By the hash: a key's text is not for keeping. */
    private final BriefMemory<String, Standing> byHash = new BriefMemory<>();

    /** Empty when no such key is there, or its owner may not come in. */
    Optional<Standing> find(String text) {
        return byHash.find(hash(text), this::read);
    }

    /** Whether it was good here before: only then may a flood of keys still cost a query for it. */
    boolean isFamiliar(String text) {
        return byHash.knew(hash(text));
    }

    private static String hash(String text) {
        return HexFormat.of().formatHex(Secrets.hash(text));
    }

    void forget(UUID keyId) {
        byHash.forgetAll(standing -> standing.keyId().equals(keyId));
    }

    void forgetUser(UUID userId) {
        byHash.forgetAll(standing -> standing.userId().equals(userId));
    }

    private Optional<Standing> read(String hash) {
        Optional<Standing> found = sql.first(
                """
                SELECT k.id, k.name, k.scopes, k.expires_at, u.id AS user_id, u.email,
                       -- What a provider's groups gave counts only where the provider vouched for its owner just now.
                       CASE WHEN u.managed_by IS NULL THEN u.role ELSE 'USER' END AS role
                FROM api_keys k JOIN users u ON u.id = k.user_id LEFT JOIN organisations o ON o.id = k.organisation_id
                WHERE k.key_hash = ? AND\s""" + COUNTS,
                row -> new Standing(
                        Sql.uuid(row, "id"),
                        row.getString("name"),
                        Set.of((String[]) row.getArray("scopes").getArray()),
                        Sql.time(row, "expires_at").orElseThrow(),
                        Sql.uuid(row, "user_id"),
                        row.getString("email"),
                        Role.valueOf(row.getString("role"))),
                HexFormat.of().parseHex(hash),
                Tier.with(Tier.Feature.API_ACCESS));
        found.filter(standing -> !standing.isExpired()).ifPresent(this::noteUse);
        return found;
    }

    private void noteUse(Standing standing) {
        sql.update("""
                UPDATE api_keys SET last_used_at = now()
                WHERE id = ? AND (last_used_at IS NULL OR last_used_at < now() - make_interval(secs => ?))""", standing.keyId(), USE_NOTED_EVERY.toSeconds());
    }
}
